using System.Text.Json;
using PvExec.Linux.Processes;
using PvExec.Linux.Sockets;

namespace PvExec.Init.Tests.Published;

/// <summary>Calls that seldom fail, made to.</summary>
public sealed class RefusedBySystemTests : IDisposable
{
    private const int Spawned = 66, Exited = 71;

    private readonly Installation _installation = new();

    public void Dispose() => _installation.Dispose();

    [Fact]
    public void Without_room_in_epoll_a_connection_is_closed_with_a_line_and_ends_of_children_are_told_all_the_same()
    {
        using RunningInit init = _installation.Start(wrapper: ["python3", Path.Combine(AppContext.BaseDirectory, "stand-ins", "without-epoll.py"), "80"]);
        StandIn exec = init.Connect("exec");
        exec.Event("welcome");
        string socket = Path.Combine(_installation.Runtime, "init.sock");
        List<PacketSocket> callers = [.. Enumerable.Range(0, 100).Select(_ => PacketSocket.TryConnect(socket, out int _)!)];
        init.WaitFor("the kernel has no room to watch it");

        exec.Order("""{"do":"spawn","argv":["sh","-c","exit 7"]}""");
        Assert.Equal(7, exec.Message(Exited)[1].GetInt32());

        callers.ForEach(caller => caller.Dispose());
        Assert.Equal(0, init.Stop());
        Assert.DoesNotContain(init.Lines, line => line.Contains("unexpected", StringComparison.Ordinal));
    }

    [Fact]
    public void A_start_that_fails_by_an_exception_costs_its_asker_the_line_and_nobody_else_anything()
    {
        using RunningInit init = _installation.Start();
        StandIn exec = init.Connect("exec"), process = init.Connect("process");
        exec.Event("welcome");
        exec.Order("""{"do":"spawn","argv":["sleep","1000"]}""");
        ulong before = exec.Message(Spawned)[0].GetUInt64();

        // A message of 40 megabytes, and a copy of it for the kernel, are too much.
        RunningInit.Run("prlimit", "--pid", $"{init.InitPid()}", "--data=60000000");
        exec.Order("""{"do":"spawn","fill":400,"argv":["true"]}""");
        Assert.Contains("OutOfMemoryException", init.WaitFor("error: unexpected, and going on"));
        Assert.Contains("Supervisor.Spawn", init.Lines[^1]);

        // The other's line is as it was, and who asked begins anew with what it owns.
        process.Order("""{"do":"spawn","argv":["sh","-c","exit 7"]}""");
        Assert.Equal(7, process.Message(Exited)[1].GetInt32());
        init.WaitFor("exec is back");
        StandIn again = init.Connect("exec");
        JsonElement owned = Assert.Single(again.Event("welcome").GetProperty("owned").EnumerateArray());
        Assert.Equal(before, owned.GetProperty("child").GetUInt64());
        again.Order("""{"do":"spawn","argv":["sh","-c","exit 8"]}""");
        Assert.Equal(8, again.Message(Exited)[1].GetInt32());
        Assert.Equal(0, init.Stop());
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void Without_a_descriptor_left_a_signal_reaches_a_whole_tree(bool withCgroups)
    {
        Assert.SkipUnless(!withCgroups || WritableCgroups.AreThere, "no cgroup2 file system can be written here");
        string[] limited = ["prlimit", "--nofile=64:64"];
        using RunningInit init = _installation.Start(wrapper: withCgroups ? limited : [.. WritableCgroups.Hidden, .. limited]);
        StandIn exec = init.Connect("exec");
        exec.Event("welcome");
        string seen = Path.Combine(_installation.Root, "seen");
        exec.Order($$"""{"do":"spawn","argv":["sh","-c","setsid sh -c 'echo $$ > {{seen}}.new; mv {{seen}}.new {{seen}}; exec sleep 1000' & exec sleep 1000"]}""");
        ulong child = exec.Message(Spawned)[0].GetUInt64();
        Assert.True(SpinWait.SpinUntil(() => File.Exists(seen), RunningInit.Patience));
        int other = int.Parse(File.ReadAllText(seen));
        string socket = Path.Combine(_installation.Runtime, "init.sock");
        List<PacketSocket> callers = [.. Enumerable.Range(0, 80).Select(_ => PacketSocket.TryConnect(socket, out int _)!)];
        init.WaitFor("cannot accept a connection");

        exec.Order($$"""{"do":"send","type":3,"correlation":1,"body":[{{child}},15,2]}""");

        Assert.Equal(15, exec.Message(Exited)[2].GetInt32());
        Assert.True(SpinWait.SpinUntil(() => ProcessStat.TryRead(other) is null, RunningInit.Patience), "one of the tree runs on");
        callers.ForEach(caller => caller.Dispose());
        Assert.Equal(0, init.Stop());
        Assert.DoesNotContain(init.Lines, line => line.Contains("unexpected", StringComparison.Ordinal));
    }
}
