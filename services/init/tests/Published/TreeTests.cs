using System.Text.Json;
using PvExec.Linux.Cgroups;
using PvExec.Linux.Processes;

namespace PvExec.Init.Tests.Published;

public sealed class TreeTests : IDisposable
{
    private const int Spawned = 66, Done = 68, Failed = 69, Exited = 71;
    private const int GroupOfSpawned = 3, GroupOfExited = 16;

    private readonly Installation _installation = new();

    public void Dispose() => _installation.Dispose();

    [Theory]
    [InlineData(15)]
    [InlineData(9)]
    public void A_daemon_that_left_session_group_parent_user_and_environment_gets_the_signal(int signal)
    {
        using RunningInit init = _installation.Start(wrapper: WritableCgroups.Hidden);
        StandIn exec = init.Connect("exec");
        (ulong child, int daemon) = StartWithDaemon(exec, "exec sleep 1000");
        Assert.DoesNotContain("run-", File.ReadAllText($"/proc/{daemon}/cgroup"));
        Assert.Equal(init.InitPid(), ProcessStat.TryRead(daemon)!.Value.Parent);
        SignalTree(exec, child, signal);
        Assert.Equal(signal, exec.Message(Exited)[2].GetInt32());
        WaitUntilGone(daemon);
        Assert.Equal(0, init.Stop());
    }

    [Fact]
    public void A_daemon_is_found_when_the_child_has_ended_and_another_child_is_left_alone()
    {
        using RunningInit init = _installation.Start(wrapper: WritableCgroups.Hidden);
        StandIn exec = init.Connect("exec");
        (ulong child, int daemon) = StartWithDaemon(exec, "exit 3");
        Assert.Equal(3, exec.Message(Exited)[1].GetInt32());
        (_, int other) = StartWithDaemon(exec, "exit 4");
        Assert.Equal(4, exec.Message(Exited)[1].GetInt32());
        SignalTree(exec, child, 9);
        WaitUntilGone(daemon);
        Assert.NotNull(ProcessStat.TryRead(other));
        Assert.Equal(0, init.Stop());
        Assert.Null(ProcessStat.TryRead(other));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void Whether_anybody_is_left_of_a_tree_can_be_asked(bool withCgroups)
    {
        Assert.SkipUnless(!withCgroups || WritableCgroups.AreThere, "no cgroup2 file system can be written here");
        using RunningInit init = _installation.Start(wrapper: withCgroups ? [] : WritableCgroups.Hidden);
        StandIn exec = init.Connect("exec");
        (ulong child, int daemon) = StartWithDaemon(exec, "exit 3");
        Assert.Equal(3, exec.Message(Exited)[1].GetInt32());
        SignalTree(exec, child, 0);
        exec.Message(Done);

        SignalTree(exec, child, 9);
        exec.Message(Done);
        WaitUntilGone(daemon);
        SignalTree(exec, child, 0);
        Assert.Equal((int)PvExec.Kernel.FaultKind.NotFound, exec.Message(Failed)[0].GetInt32());
        Assert.Equal(0, init.Stop());
    }

    [Theory]
    [InlineData(15)]
    [InlineData(9)]
    public void A_child_with_a_cgroup_is_signalled_by_it_and_leaves_nothing_behind(int signal)
    {
        Assert.SkipUnless(WritableCgroups.AreThere, "no cgroup2 file system can be written here");
        using RunningInit init = _installation.Start();
        StandIn exec = init.Connect("exec");
        int service = exec.Event("welcome").GetProperty("pid").GetInt32();
        (ulong child, int daemon) = StartWithDaemon(exec, "exec sleep 1000");
        string group = GroupOf(daemon);
        Assert.Matches("/run-[0-9]+$", group);
        Assert.Equal(Path.GetDirectoryName(group), Path.GetDirectoryName(GroupOf(service)));
        Assert.EndsWith("/init", GroupOf(service));
        File.WriteAllText(group + "/cgroup.max.depth", "7"); // else it may be kept for the next child
        SignalTree(exec, child, signal);
        Assert.Equal(signal, exec.Message(Exited)[2].GetInt32());
        WaitUntilGone(daemon);
        Acknowledge(exec, child);
        Assert.True(SpinWait.SpinUntil(() => !Directory.Exists(group), RunningInit.Patience), "the cgroup stays");
        Assert.Equal(0, init.Stop());
        Assert.False(Directory.Exists(Path.GetDirectoryName(group)));
    }

    [Fact]
    public void The_cgroup_of_an_acknowledged_child_goes_with_the_last_process_in_it()
    {
        Assert.SkipUnless(WritableCgroups.AreThere, "no cgroup2 file system can be written here");
        using RunningInit init = _installation.Start();
        StandIn exec = init.Connect("exec");
        (ulong child, int daemon) = StartWithDaemon(exec, "exit 0");
        string group = GroupOf(daemon);
        exec.Message(Exited);
        Acknowledge(exec, child);
        exec.Order("""{"do":"spawn","argv":["true"]}""");
        exec.Message(Exited);
        Assert.True(Directory.Exists(group));
        Signals.Kill(daemon, Signals.SIGKILL);
        Assert.True(SpinWait.SpinUntil(() => !Directory.Exists(group), RunningInit.Patience), "the cgroup stays");
        Assert.Equal(0, init.Stop());
    }

    /// <summary>One that is no orphan of pv-init's is in the group, so that no end of an orphan makes it look again.</summary>
    [Fact]
    public void A_cgroup_that_was_not_free_is_looked_at_again_a_moment_later()
    {
        Assert.SkipUnless(WritableCgroups.AreThere, "no cgroup2 file system can be written here");
        using RunningInit init = _installation.Start();
        StandIn exec = init.Connect("exec");

        // The moment is short: on a busy machine a try may miss it.
        Assert.Contains(true, Enumerable.Range(0, 10).Select(_ => IsRemovedWithoutAnOrphan(exec)));
        Assert.Equal(0, init.Stop());
    }

    [Fact]
    public void The_cgroup_of_a_brief_child_is_the_next_ones()
    {
        Assert.SkipUnless(WritableCgroups.AreThere, "no cgroup2 file system can be written here");
        using RunningInit init = _installation.Start();
        StandIn exec = init.Connect("exec");

        // On a busy machine a child may run for longer than that, or its group look inhabited for a moment.
        Assert.Contains(true, Enumerable.Range(0, 10).Select(_ => EndSleeper(exec, StartSleeper(exec)) == EndSleeper(exec, StartSleeper(exec))));
        Assert.Equal(0, init.Stop());
    }

    [Fact]
    public void Nothing_that_was_set_in_the_cgroup_of_a_child_comes_to_the_next_one()
    {
        Assert.SkipUnless(WritableCgroups.AreThere, "no cgroup2 file system can be written here");
        using RunningInit init = _installation.Start();
        StandIn exec = init.Connect("exec");
        for (int i = 0; i < 5; i++)
        {
            (ulong child, string group) = StartSleeper(exec);
            Assert.Equal("max\n", File.ReadAllText(group + "/cgroup.max.depth"));
            File.WriteAllText(group + "/cgroup.max.depth", "7");
            EndSleeper(exec, (child, group));
        }

        Assert.Equal(0, init.Stop());
    }

    [Fact]
    public void A_cgroup_that_somebody_has_removed_is_no_obstacle_to_the_next_child()
    {
        Assert.SkipUnless(WritableCgroups.AreThere, "no cgroup2 file system can be written here");
        using RunningInit init = _installation.Start();
        StandIn exec = init.Connect("exec");
        string all = Path.GetDirectoryName(EndSleeper(exec, StartSleeper(exec)))!;
        for (int i = 0; i < 3; i++)
        {
            foreach (string group in Directory.GetDirectories(all, "run-*"))
            {
                Directory.Delete(group);
            }

            EndSleeper(exec, StartSleeper(exec));
        }

        Assert.Equal(0, init.Stop());
    }

    [Fact]
    public void Its_service_is_told_which_cgroup_a_child_has_and_whether_somebody_is_left_in_it()
    {
        Assert.SkipUnless(WritableCgroups.AreThere, "no cgroup2 file system can be written here");
        using RunningInit init = _installation.Start();
        StandIn exec = init.Connect("exec");

        // So that the numbers of children and of groups are not the same.
        EndSleeper(exec, StartSleeper(exec));
        (_, int daemon) = StartWithDaemon(exec, "exit 3");
        string number = Path.GetFileName(GroupOf(daemon))["run-".Length..];

        Assert.Equal(number, $"{exec.Message(Exited)[GroupOfExited]}");

        exec.Order("""{"do":"spawn","argv":["true"]}""");
        Assert.NotEqual(0ul, exec.Message(Spawned)[GroupOfSpawned].GetUInt64());
        exec.Order("""{"do":"spawn","attributes":[null,null,null,[],null,null,null,false,null,false],"argv":["true"]}""");
        Assert.Equal(0ul, exec.Message(Spawned)[GroupOfSpawned].GetUInt64());
        Assert.Equal(0, init.Stop());
    }

    [Fact]
    public void A_child_that_wants_no_cgroup_has_none()
    {
        using RunningInit init = _installation.Start();
        StandIn exec = init.Connect("exec");
        string seen = Path.Combine(_installation.Root, "seen");
        exec.Order($$"""{"do":"spawn","attributes":[null,null,null,[],null,null,null,false,null,false],"argv":["sh","-c","cat /proc/self/cgroup > {{seen}}"]}""");
        exec.Message(Exited);
        Assert.DoesNotContain("/run-", File.ReadAllText(seen));
        Assert.Equal(0, init.Stop());
    }

    private static bool IsRemovedWithoutAnOrphan(StandIn exec)
    {
        (ulong held, string group) = StartSleeper(exec);
        (ulong free, string beside) = StartSleeper(exec);
        using var outsider = System.Diagnostics.Process.Start("sleep", "1000");
        File.WriteAllText(group + "/cgroup.procs", $"{outsider.Id}");
        File.WriteAllText(beside + "/cgroup.max.depth", "7"); // else it may be kept for the next child
        foreach (ulong child in new[] { held, free })
        {
            exec.Order($$"""{"do":"send","type":3,"correlation":9,"body":[{{child}},9,0]}""");
            exec.Message(Exited);
            Acknowledge(exec, child);
        }

        // They are removed in this order, so the first has been found to be held by now.
        Assert.True(SpinWait.SpinUntil(() => !Directory.Exists(beside), RunningInit.Patience), "the free cgroup stays");
        Assert.True(Directory.Exists(group));
        outsider.Kill();
        outsider.WaitForExit();
        return SpinWait.SpinUntil(() => !Directory.Exists(group), TimeSpan.FromSeconds(1));
    }

    private static (ulong Child, string Group) StartSleeper(StandIn exec)
    {
        exec.Order("""{"do":"spawn","argv":["sleep","1000"]}""");
        JsonElement spawned = exec.Message(Spawned);
        string group = GroupOf(spawned[1].GetInt32());
        Assert.Equal(Path.GetFileName(group), $"run-{spawned[GroupOfSpawned]}");
        return (spawned[0].GetUInt64(), group);
    }

    /// <returns>Its group.</returns>
    private static string EndSleeper(StandIn exec, (ulong Child, string Group) sleeper)
    {
        exec.Order($$"""{"do":"send","type":3,"correlation":9,"body":[{{sleeper.Child}},9,0]}""");
        exec.Message(Exited);
        return sleeper.Group;
    }

    /// <summary>A child that starts a daemon: two forks, two sessions, another user, no variables, and all parents gone.</summary>
    private (ulong Child, int Daemon) StartWithDaemon(StandIn exec, string then)
    {
        string file = Path.Combine(_installation.Root, Guid.NewGuid().ToString("N"));
        exec.Order($$"""
            {"do":"spawn","argv":["sh","-c",
            "setsid -f setsid -f sh -c 'echo $$ > {{file}}.new; mv {{file}}.new {{file}}; exec setpriv --reuid=65534 env -i sleep 1000'; {{then}}"]}
            """);
        ulong child = exec.Message(Spawned)[0].GetUInt64();
        Assert.True(SpinWait.SpinUntil(() => File.Exists(file), RunningInit.Patience), "the daemon does not start");
        int daemon = int.Parse(File.ReadAllText(file));
        Assert.True(
            SpinWait.SpinUntil(() => File.ReadAllText($"/proc/{daemon}/comm").Trim() == "sleep", RunningInit.Patience), "the daemon does not become itself");
        return (child, daemon);
    }

    private static void SignalTree(StandIn exec, ulong child, int signal) =>
        exec.Order($$"""{"do":"send","type":3,"correlation":9,"body":[{{child}},{{signal}},2]}""");

    private static void Acknowledge(StandIn exec, ulong child) => exec.Order($$"""{"do":"send","type":4,"body":[{{child}}]}""");

    private static void WaitUntilGone(int pid) =>
        Assert.True(SpinWait.SpinUntil(() => ProcessStat.TryRead(pid) is null, RunningInit.Patience), "the daemon runs on");

    private static string GroupOf(int pid) =>
        CgroupPath.Find(File.ReadLines($"/proc/{pid}/cgroup"), File.ReadLines("/proc/self/mountinfo")) ?? "";
}
