using System.Text.Json;
using PvExec.InitClient;
using PvExec.Kernel;
using PvExec.Linux.Processes;
using PvExec.Proto.Init;

namespace PvExec.Init.Tests.Published;

public sealed class ReplacementTests : IDisposable
{
    private const int Spawned = 66, Failed = 69, Exited = 71;

    private readonly Installation _installation = new();

    private RuntimePaths Paths => new(_installation.Runtime);

    public void Dispose() => _installation.Dispose();

    [Theory]
    [InlineData("front")]
    [InlineData("exec")]
    [InlineData("process")]
    [InlineData("worktree")]
    public void A_new_instance_takes_the_place_of_the_one_that_runs_and_is_given_what_it_handed_over(string service)
    {
        using RunningInit init = _installation.Start();
        int before = init.Connect(service).Event("welcome").GetProperty("pid").GetInt32();

        Assert.True(InitRestart.Restart(Paths, service).Succeeded(out Fault? fault), fault?.Detail);

        init.WaitFor($"{service}: pid ");
        JsonElement took = init.Connect(service).Event("took-over");
        Assert.Equal("table", Assert.Single(took.GetProperty("names").EnumerateArray()).GetString());
        Assert.Equal($"table of {before}", took.GetProperty("contents")[0].GetString());
        ServiceStatus[] listed = [.. Listed(service)];
        Assert.Equal(["ready", "leaving"], listed.Select(one => one.State));
        Assert.Equal([took.GetProperty("pid").GetInt32(), before], listed.Select(one => one.Pid));
        Assert.Equal(1, listed[0].Restarts);
        Assert.Equal(0, init.Stop());
        Assert.Null(ProcessStat.TryRead(before));
    }

    [Fact]
    public void Children_and_their_exits_go_to_the_new_instance_and_the_old_one_may_only_list()
    {
        using RunningInit init = _installation.Start();
        StandIn old = init.Connect("exec");
        old.Event("welcome");
        old.Order("""{"do":"spawn","label":"long","state":"note","kept":true,"argv":["sh","-c","sleep 1000"]}""");
        ulong child = old.Message(Spawned)[0].GetUInt64();
        old.Order("""{"do":"spawn","label":"short","argv":["sh","-c","exit 7"]}""");
        old.Message(Exited);

        Assert.True(InitRestart.Restart(Paths, "exec").Succeeded(out _));

        StandIn next = init.Connect("exec");
        JsonElement[] owned = [.. next.Event("took-over").GetProperty("owned").EnumerateArray()];
        Assert.Equal(["long", "short"], owned.Select(one => one.GetProperty("label").GetString()));
        Assert.Equal(7, owned[1].GetProperty("exit")[1].GetInt32());
        old.Order($$"""{"do":"send","type":3,"correlation":5,"body":[{{child}},9,2]}""");
        Assert.Equal((int)FaultKind.PermissionDenied, old.Message(Failed)[0].GetInt32());
        next.Order($$"""{"do":"send","type":3,"correlation":5,"body":[{{child}},9,2]}""");
        Assert.Equal(9, next.Message(Exited)[2].GetInt32());

        // Its end changes nothing.
        old.Order("""{"do":"exit","code":0}""");
        Assert.True(SpinWait.SpinUntil(() => Listed("exec").Count() == 1, RunningInit.Patience));
        Assert.Equal("ready", Listed("exec").Single().State);
        Assert.Equal(0, init.Stop());
        Assert.DoesNotContain(init.Lines, line => line.Contains("exec (pid"));
    }

    [Fact]
    public void A_new_instance_that_ends_on_standby_leaves_the_old_one_in_place()
    {
        using RunningInit init = _installation.Start(environment: ("STAND_IN_STANDBY_EXEC", "exit 3"));
        int before = Listed("exec").Single().Pid;

        Fault fault = InitRestart.Restart(Paths, "exec").Fault!;

        Assert.Contains("ended with exit code 3 before it could take over: the one that runs goes on", fault.Detail);
        Assert.Equal((before, "ready"), (Listed("exec").Single().Pid, Listed("exec").Single().State));
        Assert.Equal(0, init.Stop());
    }

    [Fact]
    public void The_new_instance_runs_the_program_that_is_there_now()
    {
        using RunningInit init = _installation.Start();
        string program = Path.Combine(Path.GetDirectoryName(_installation.Init)!, "pv-exec");
        File.WriteAllText(program + ".new", File.ReadAllText(program).Replace("BUILD = \"one\"", "BUILD = \"two\"", StringComparison.Ordinal));
        File.SetUnixFileMode(program + ".new", File.GetUnixFileMode(program));
        Assert.Equal("one", init.Connect("exec").Event("welcome").GetProperty("build").GetString());
        File.Move(program + ".new", program, overwrite: true);

        Assert.True(InitRestart.Restart(Paths, "exec").Succeeded(out Fault? fault), fault?.Detail);

        Assert.Equal("two", init.Connect("exec").Event("took-over").GetProperty("build").GetString());
        Assert.Equal(0, init.Stop());
    }

    [Fact]
    public void A_program_that_cannot_be_executed_any_more_leaves_the_old_one_in_place()
    {
        using RunningInit init = _installation.Start();
        string program = Path.Combine(Path.GetDirectoryName(_installation.Init)!, "pv-exec");
        File.SetUnixFileMode(program, UnixFileMode.UserRead);

        Assert.Contains("exec: Permission denied (errno 13)", InitRestart.Restart(Paths, "exec").Fault!.Detail);

        File.SetUnixFileMode(program, UnixFileMode.UserRead | UnixFileMode.UserExecute);
        Assert.True(InitRestart.Restart(Paths, "exec").Succeeded(out _));
        Assert.Equal(0, init.Stop());
    }

    [Fact]
    public void A_new_instance_that_ends_after_it_took_over_is_started_again_and_told_of()
    {
        using RunningInit init = _installation.Start(environment: ("STAND_IN_TOOK_OVER_EXEC", "exit 4"));

        Fault fault = InitRestart.Restart(Paths, "exec").Fault!;

        Assert.Contains("ended with exit code 4 after it took over and before it was ready: it is started again", fault.Detail);
        init.WaitFor("exec is back");
        Assert.Equal(["ready", "leaving"], Listed("exec").Select(one => one.State));
        Assert.Equal(0, init.Stop());
    }

    [Fact]
    public async Task An_old_instance_that_dies_while_the_new_one_prepares_is_succeeded_at_once()
    {
        using RunningInit init = _installation.Start(environment: ("STAND_IN_STANDBY_EXEC", "wait"));
        int before = Listed("exec").Single().Pid;
        Task<Outcome<Unit>> restart = Task.Run(() => InitRestart.Restart(Paths, "exec"));
        Assert.True(SpinWait.SpinUntil(() => Listed("exec").Any(one => one.State == "standby"), RunningInit.Patience));
        Assert.Contains("is under way (replacing)", InitRestart.Restart(Paths, "exec").Fault!.Detail);
        StandIn next = init.Connect("exec", Listed("exec").Last().Pid);
        next.Event("standby");

        Signals.Kill(before, Signals.SIGKILL);
        init.WaitFor("before it had handed over");
        next.Order("""{"do":"take-over"}""");

        Assert.Empty(next.Event("took-over").GetProperty("names").EnumerateArray());
        Assert.True((await restart).Succeeded(out Fault? fault), fault?.Detail);
        init.WaitFor("exec was restarted as asked (pid ");
        Assert.Equal("ready", Listed("exec").Single().State);
        Assert.Equal(0, init.Stop());
    }

    [Fact]
    public void An_old_instance_that_dies_instead_of_handing_over_is_succeeded_without_a_table()
    {
        using RunningInit init = _installation.Start(environment: ("STAND_IN_HAND_OVER_EXEC", "exit 9"));

        Assert.True(InitRestart.Restart(Paths, "exec").Succeeded(out Fault? fault), fault?.Detail);

        Assert.Empty(init.Connect("exec").Event("took-over").GetProperty("names").EnumerateArray());
        Assert.Equal("ready", Listed("exec").Single().State);
        Assert.Equal(0, init.Stop());
    }

    [Fact]
    public void An_old_instance_that_never_hands_over_is_killed()
    {
        using RunningInit init = _installation.Start(environment: ("STAND_IN_HAND_OVER_EXEC", "wait"));

        Assert.True(InitRestart.Restart(Paths, "exec").Succeeded(out Fault? fault), fault?.Detail);

        init.WaitFor("which took too long (handing-over)");
        Assert.Equal("ready", Listed("exec").Single().State);
        Assert.Equal(0, init.Stop());
    }

    [Fact]
    public async Task A_stop_in_the_middle_of_a_replacement_stops_every_instance()
    {
        using RunningInit init = _installation.Start(environment: ("STAND_IN_STANDBY_WORKTREE", "wait"));
        StandIn old = init.Connect("worktree");
        old.Event("welcome");
        Task<Outcome<Unit>> restart = Task.Run(() => InitRestart.Restart(Paths, "worktree"));
        Assert.True(SpinWait.SpinUntil(() => Listed("worktree").Any(one => one.State == "standby"), RunningInit.Patience));
        int[] pids = [.. Listed("worktree").Select(one => one.Pid)];

        Assert.Equal(0, init.Stop());

        old.Event("stop");
        Assert.Contains("the system stops", (await restart).Fault!.Detail);
        Assert.All(pids, pid => Assert.Null(ProcessStat.TryRead(pid)));
    }

    [Fact]
    public async Task A_stop_while_the_new_instance_gets_ready_saves_through_the_new_one()
    {
        using RunningInit init = _installation.Start(environment: ("STAND_IN_TOOK_OVER_WORKTREE", "wait"));
        Task<Outcome<Unit>> restart = Task.Run(() => InitRestart.Restart(Paths, "worktree"));
        Assert.True(SpinWait.SpinUntil(() => Listed("worktree").First().State == "taking-over", RunningInit.Patience));
        StandIn next = init.Connect("worktree", Listed("worktree").First().Pid);
        next.Event("took-over");

        Assert.Equal(0, init.Stop());

        next.Event("stop");
        Assert.False((await restart).Succeeded(out _));
    }

    [Fact]
    public void An_unknown_service_is_refused_with_the_names_of_the_known_ones()
    {
        using RunningInit init = _installation.Start();
        Assert.Equal("'nobody' is no service: front, exec, process, worktree", InitRestart.Restart(Paths, "nobody").Fault!.Detail);
        Assert.Equal(0, init.Stop());
    }

    private IEnumerable<ServiceStatus> Listed(string service) => InitQuery.ListServices(Paths).Value.Where(one => one.Name == service);
}
