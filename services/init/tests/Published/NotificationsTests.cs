using System.Text.Json;
using PvExec.InitClient;
using PvExec.Kernel;
using PvExec.Proto.Init;

namespace PvExec.Init.Tests.Published;

public sealed class NotificationsTests : IDisposable
{
    private readonly Installation _installation = new();

    private RuntimePaths Paths => new(_installation.Runtime);

    public void Dispose() => _installation.Dispose();

    [Fact]
    public void Stored_descriptors_are_passed_to_the_next_instance_behind_its_sockets()
    {
        using RunningInit init = _installation.Start();
        StandIn exec = init.Connect("exec");
        exec.Event("welcome");
        exec.Order("""{"do":"notify","text":"FDSTORE=1\nFDNAME=first","contents":"one"}""");
        exec.Order("""{"do":"notify","text":"FDSTORE=1\nFDNAME=gone","contents":"two"}""");
        exec.Order("""{"do":"notify","text":"FDSTORE=1\nFDNAME=a:b","contents":"three"}""");
        exec.Order("""{"do":"notify","text":"FDSTOREREMOVE=1\nFDNAME=gone"}""");
        exec.Order("""{"do":"exit","code":3}""");
        init.WaitFor("exec is back");

        JsonElement welcome = init.Connect("exec").Event("welcome");

        Assert.Equal("grpc:bus:events:first:stored", welcome.GetProperty("environment").GetProperty("LISTEN_FDNAMES").GetString());
        Assert.Equal("5", welcome.GetProperty("environment").GetProperty("LISTEN_FDS").GetString());
        Assert.Equal(["one", "three"], welcome.GetProperty("passed").EnumerateArray().Select(one => one.GetProperty("contents").GetString()));
        Assert.Empty(welcome.GetProperty("stored").EnumerateArray());
        Assert.Equal(0, init.Stop());
    }

    [Fact]
    public void Stored_descriptors_are_sent_to_an_instance_that_takes_over()
    {
        using RunningInit init = _installation.Start();
        StandIn exec = init.Connect("exec");
        exec.Event("welcome");
        exec.Order("""{"do":"notify","text":"FDSTORE=1\nFDNAME=pipe","contents":"one"}""");
        Settle(exec);

        Assert.True(InitRestart.Restart(Paths, "exec").Succeeded(out _));

        JsonElement stored = Assert.Single(init.Connect("exec").Event("took-over").GetProperty("stored").EnumerateArray());
        Assert.Equal(("pipe", "one"), (stored.GetProperty("name").GetString(), stored.GetProperty("contents").GetString()));
        Assert.Equal(0, init.Stop());
    }

    [Fact]
    public void A_full_store_closes_what_comes_and_says_so()
    {
        using RunningInit init = _installation.Start(wrapper: ["prlimit", "--nofile=128:128"]);
        StandIn exec = init.Connect("exec");
        exec.Event("welcome");
        for (int i = 0; i < 17; i++)
        {
            exec.Order("""{"do":"notify","text":"FDSTORE=1","contents":"x"}""");
        }

        init.WaitFor("exec: its store holds 16 descriptors already: closed one more");
        Assert.Equal(0, init.Stop());
    }

    [Fact]
    public void What_a_service_says_of_itself_is_shown()
    {
        using RunningInit init = _installation.Start();
        StandIn exec = init.Connect("exec");
        exec.Order("""{"do":"notify","text":"RELOADING=1\nMONOTONIC_USEC=1\nSTATUS=reading"}""");
        Assert.True(SpinWait.SpinUntil(() => Exec() is { State: "reloading", StatusText: "reading" }, RunningInit.Patience));
        exec.Order("""{"do":"notify","text":"READY=1"}""");
        Assert.True(SpinWait.SpinUntil(() => Exec().State == "ready", RunningInit.Patience));
        exec.Order("""{"do":"notify","text":"STOPPING=1"}""");
        Assert.True(SpinWait.SpinUntil(() => Exec().State == "stopping", RunningInit.Patience));
        Assert.Equal(0, init.Stop());
    }

    [Fact]
    public void A_barrier_is_lifted_when_all_before_it_has_been_dealt_with()
    {
        using RunningInit init = _installation.Start();
        StandIn exec = init.Connect("exec");
        exec.Order("""{"do":"notify","text":"STATUS=before"}""");
        exec.Order("""{"do":"barrier"}""");
        exec.Event("lifted");
        Assert.Equal("before", InitQuery.ListServices(new RuntimePaths(_installation.Runtime)).Value.Single(one => one.Name == "exec").StatusText);
        Assert.Equal(0, init.Stop());
    }

    [Fact]
    public void Garbage_changes_nothing()
    {
        using RunningInit init = _installation.Start();
        StandIn exec = init.Connect("exec");
        var random = new Random(20_261_125);
        string[] pieces = ["READY", "STATUS", "FDSTORE", "FDSTOREREMOVE", "FDNAME", "WATCHDOG_USEC", "EXTEND_TIMEOUT_USEC", "X_PV_MAIN_EXIT", "=", "==", "\\n", "\\u0000", "9", "-", "1", "ä", new string('x', 5_000)];
        for (int i = 0; i < 500; i++)
        {
            string text = string.Concat(Enumerable.Range(0, random.Next(1, 12)).Select(_ => pieces[random.Next(pieces.Length)]));
            exec.Order($$"""{"do":"notify","text":"{{text}}"{{(random.Next(2) == 0 ? ",\"contents\":\"x\"" : "")}}}""");
        }

        exec.Order("""{"do":"notify","text":"WATCHDOG_USEC=0\nFDSTOREREMOVE=1\nFDNAME=stored\nSTATUS=settled"}""");
        exec.Order("""{"do":"barrier"}""");
        exec.Event("lifted");
        Assert.Equal(("settled", 0), (Exec().StatusText, Exec().Restarts));
        Assert.Equal(0, init.Stop());
        Assert.DoesNotContain(init.Lines, line => line.Contains("unexpected", StringComparison.Ordinal));
    }

    [Fact]
    public void A_service_that_is_silent_is_ended_and_started_again()
    {
        using RunningInit init = _installation.Start(["--watchdog", "5"], environment: ("STAND_IN_SILENT", "exec"));

        init.WaitFor("has given no sign of life for 5 s: ending it by SIGABRT");
        Assert.StartsWith("pv-init: warning: exec", init.WaitFor("ended with signal 6"));
        init.WaitFor("exec is back");

        Assert.DoesNotContain(init.Lines, line => line.Contains("no sign of life") && !line.Contains("exec"));
        Assert.Equal(0, init.Stop());
    }

    [Fact]
    public void A_service_that_cannot_be_aborted_is_killed_after_it_was_silent()
    {
        using RunningInit init = _installation.Start(["--watchdog", "0"], environment: ("STAND_IN_STUBBORN", "exec"));
        init.Connect("exec").Order("""{"do":"notify","text":"WATCHDOG_USEC=100000"}""");

        init.WaitFor("has given no sign of life for 0.1 s");
        init.WaitFor("ended with signal 9");
        init.WaitFor("exec is back");
        Assert.Equal(0, init.Stop());
    }

    [Fact]
    public void A_service_that_asks_to_be_ended_is()
    {
        using RunningInit init = _installation.Start();
        init.Connect("process").Order("""{"do":"notify","text":"WATCHDOG=trigger"}""");
        init.WaitFor("asks to be ended");
        init.WaitFor("process is back");
        Assert.Equal(0, init.Stop());
    }

    [Fact]
    public void A_notification_of_a_services_child_is_not_accepted()
    {
        using RunningInit init = _installation.Start();
        StandIn exec = init.Connect("exec");
        string script = $"import socket; socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM).sendto(b'STATUS=forged', '{Paths.Notify}')";
        exec.Order($$"""{"do":"spawn","argv":["python3","-c","{{script}}"]}""");
        init.WaitFor("ignored a notification of pid");
        Assert.Equal("", Exec().StatusText);
        Assert.Equal(0, init.Stop());
    }

    /// <summary>Everything that the stand-in sent before has been dealt with once an answer to it has come.</summary>
    private void Settle(StandIn exec)
    {
        exec.Order("""{"do":"notify","text":"STATUS=settled"}""");
        Assert.True(SpinWait.SpinUntil(() => Exec().StatusText == "settled", RunningInit.Patience));
    }

    private ServiceStatus Exec() => InitQuery.ListServices(Paths).Value.First(one => one.Name == "exec");
}
