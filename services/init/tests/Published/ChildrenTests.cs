using System.Text.Json;
using PvExec.Linux.Processes;

namespace PvExec.Init.Tests.Published;

public sealed class ChildrenTests : IDisposable
{
    private const int Spawned = 66, SpawnFailed = 67, Failed = 69, Exited = 71;

    private readonly Installation _installation = new();

    public void Dispose() => _installation.Dispose();

    [Fact]
    public void Every_exit_code_of_300_children_is_told()
    {
        using RunningInit init = _installation.Start();
        ExitCodesAreTold(init);
        Assert.Equal(0, init.Stop());
    }

    [Fact]
    public void Every_exit_code_is_told_by_process_1_and_orphans_are_reaped()
    {
        using RunningInit init = _installation.Start(wrapper: ["unshare", "-pf", "--mount-proc", "--kill-child"]);
        ExitCodesAreTold(init);
        OrphansAreReaped(init);
        Assert.Equal(0, init.Stop());
    }

    [Fact]
    public void Every_exit_code_is_told_by_process_1_on_a_terminal()
    {
        string line = string.Join(' ', _installation.Arguments.Prepend(_installation.Init));
        using RunningInit init = _installation.LaunchWords(["script", "-qefc", "unshare -pf --mount-proc --kill-child " + line, "/dev/null"]);
        init.WaitFor("ready on");
        ExitCodesAreTold(init);
        Assert.Equal(0, init.Stop());
    }

    [Fact]
    public void Orphans_are_reaped_by_a_subreaper_too()
    {
        using RunningInit init = _installation.Start();
        OrphansAreReaped(init);
        Assert.Equal(0, init.Stop());
    }

    [Fact]
    public void A_killed_service_is_back_and_is_given_what_it_owns()
    {
        using RunningInit init = _installation.Start();
        StandIn exec = init.Connect("exec");
        int pid = exec.Event("welcome").GetProperty("pid").GetInt32();
        exec.Order("""{"do":"spawn","label":"long","state":"note","kept":true,"argv":["sh","-c","echo before; read x < /proc/self/fd/0; sleep 1000"]}""");
        JsonElement lives = exec.Message(Spawned);
        exec.Order("""{"do":"spawn","label":"short","argv":["sh","-c","exit 7"]}""");
        exec.Message(Exited);

        Signals.Kill(pid, Signals.SIGKILL);
        init.WaitFor("ended with signal 9");
        init.WaitFor("exec is back");
        StandIn again = init.Connect("exec");
        JsonElement[] owned = [.. again.Event("welcome").GetProperty("owned").EnumerateArray()];
        Assert.Equal(["long", "short"], owned.Select(one => one.GetProperty("label").GetString()));
        Assert.Equal(lives[1].GetInt32(), owned[0].GetProperty("pid").GetInt32());
        Assert.Equal("note", owned[0].GetProperty("state").GetString());
        Assert.Equal("before\n", owned[0].GetProperty("contents")[0].GetString());
        Assert.Equal(JsonValueKind.Null, owned[0].GetProperty("exit").ValueKind);
        Assert.Equal(7, owned[1].GetProperty("exit")[1].GetInt32());

        // What is acknowledged is not given back again; what was killed meanwhile is, with its exit.
        again.Order($$"""{"do":"send","type":4,"body":[{{owned[1].GetProperty("child").GetUInt64()}}]}""");
        again.Order($$"""{"do":"send","type":3,"correlation":5,"body":[{{owned[0].GetProperty("child").GetUInt64()}},9,2]}""");
        Assert.Equal(9, again.Message(Exited)[2].GetInt32());
        again.Order("""{"do":"exit","code":3}""");
        init.WaitFor("exec is back");
        JsonElement last = Assert.Single(init.Connect("exec").Event("welcome").GetProperty("owned").EnumerateArray());
        Assert.Equal(9, last.GetProperty("exit")[2].GetInt32());
        Assert.Equal(0, init.Stop());
    }

    [Fact]
    public void A_start_that_fails_names_the_stage_and_the_error()
    {
        using RunningInit init = _installation.Start();
        StandIn exec = init.Connect("exec");
        exec.Order("""{"do":"spawn","argv":["no-such-program"]}""");
        Assert.Equal("""["exec",2]""", Compact(exec.Message(SpawnFailed)));
        exec.Order("""{"do":"spawn","argv":["true"],"directory":"/no/such/directory"}""");
        Assert.Equal("""["chdir",2]""", Compact(exec.Message(SpawnFailed)));
        exec.Order("""{"do":"spawn","argv":["/etc/passwd"]}""");
        Assert.Equal("""["exec",13]""", Compact(exec.Message(SpawnFailed)));
        exec.Order("""{"do":"spawn","argv":["true"],"directory":"relative"}""");
        Assert.Contains("not absolute", exec.Message(Failed)[1].GetString());
        Assert.Equal(0, init.Stop());
    }

    [Fact]
    public void A_child_has_default_signals_only_its_descriptors_and_a_session()
    {
        using RunningInit init = _installation.Start();
        StandIn exec = init.Connect("exec");
        string seen = Path.Combine(_installation.Root, "seen");
        exec.Order($$"""{"do":"spawn","argv":["sh","-c","(grep -E 'Sig(Blk|Ign|Cgt)' /proc/$$/status; ls /proc/$$/fd; cut -d' ' -f6 /proc/$$/stat; echo $$) > {{seen}}"]}""");
        exec.Message(Exited);
        string[] lines = File.ReadAllLines(seen);
        Assert.Equal(["SigBlk:\t0000000000000000", "SigIgn:\t0000000000000000"], lines[..2]);
        Assert.Equal(["0", "1", "2"], lines[3..^2].Where(fd => fd != "10"));
        Assert.Equal(lines[^1], lines[^2]);
        Assert.Equal(0, init.Stop());
    }

    [Fact]
    public void An_environment_of_megabytes_arrives()
    {
        using RunningInit init = _installation.Start();
        StandIn exec = init.Connect("exec");
        exec.Order("""{"do":"spawn","fill":15,"argv":["sh","-c","test ${#FILL14} = 100000"]}""");
        Assert.Equal(0, exec.Message(Exited)[1].GetInt32());
        exec.Order("""{"do":"spawn","fill":100,"argv":["true"]}""");
        Assert.Equal("""["exec",7]""", Compact(exec.Message(SpawnFailed)));
        Assert.Equal(0, init.Stop());
    }

    [Fact]
    public void Signals_reach_the_group_and_the_tree_with_other_sessions_in_it()
    {
        using RunningInit init = _installation.Start();
        StandIn exec = init.Connect("exec");
        string pids = Path.Combine(_installation.Root, "pids");
        exec.Order($$"""{"do":"spawn","kept":true,"argv":["sh","-c","setsid sh -c 'sleep 1000 & echo $! >> {{pids}}; wait' & sleep 1000 & echo $! >> {{pids}}; wait"]}""");
        ulong child = exec.Message(Spawned)[0].GetUInt64();
        Assert.True(SpinWait.SpinUntil(() => File.Exists(pids) && File.ReadAllLines(pids).Length == 2, RunningInit.Patience));
        exec.Order($$"""{"do":"send","type":3,"correlation":9,"body":[{{child}},9,2]}""");
        Assert.Equal(9, exec.Message(Exited)[2].GetInt32());
        Assert.True(SpinWait.SpinUntil(() => File.ReadAllLines(pids).All(pid => ProcessStat.TryRead(int.Parse(pid)) is null), RunningInit.Patience));
        Assert.Equal(0, init.Stop());
    }

    [Fact]
    public void Garbage_costs_the_sender_its_line_and_nobody_else_anything()
    {
        using RunningInit init = _installation.Start();
        StandIn process = init.Connect("process");
        foreach (string hex in new[] { "ff00", "dd7fffffff", "930201dd7fffffff", "93630190" })
        {
            StandIn exec = init.Connect("exec");
            exec.Event("welcome");
            exec.Order($$"""{"do":"garbage","hex":"{{hex}}"}""");
            init.WaitFor("closing the line of pid");
            init.WaitFor("exec is back");
        }

        StandIn last = init.Connect("exec");
        last.Event("welcome");
        last.Order("""{"do":"big-garbage","hex":"930000c0"}""");
        init.WaitFor("closing the line of pid");
        process.Order("""{"do":"spawn","argv":["true"]}""");
        Assert.Equal(0, process.Message(Exited)[1].GetInt32());
        Assert.Equal(0, init.Stop());
    }

    private static void ExitCodesAreTold(RunningInit init)
    {
        StandIn exec = init.Connect("exec");
        for (int i = 0; i < 300; i++)
        {
            exec.Order($$"""{"do":"spawn","correlation":{{1000 + i}},"label":"{{i}}","argv":["sh","-c","exit {{i % 256}}"]}""");
        }

        var byChild = new Dictionary<ulong, int>();
        int exits = 0;
        while (exits < 300)
        {
            JsonElement message = exec.Event("message");
            JsonElement body = message.GetProperty("body");
            if (message.GetProperty("type").GetInt32() == Spawned)
            {
                byChild.Add(body[0].GetUInt64(), message.GetProperty("correlation").GetInt32() - 1000);
            }
            else
            {
                Assert.Equal(Exited, message.GetProperty("type").GetInt32());
                Assert.Equal(byChild[body[0].GetUInt64()] % 256, body[1].GetInt32());
                exits++;
            }
        }
    }

    private static void OrphansAreReaped(RunningInit init)
    {
        StandIn exec = init.Connect("process");
        exec.Order("""{"do":"spawn","argv":["sh","-c","i=0; while [ $i -lt 1000 ]; do (true & true &) ; i=$((i+1)); done; exit 5"]}""");
        Assert.Equal(5, exec.Message(Exited)[1].GetInt32());
        int pid = init.InitPid();
        Assert.True(
            SpinWait.SpinUntil(() => ProcessStat.ReadAll().All(process => process.Parent != pid || !process.IsZombie), RunningInit.Patience),
            "zombies stay");
    }

    private static string Compact(JsonElement body) => body.GetRawText().Replace(" ", "", StringComparison.Ordinal);
}
