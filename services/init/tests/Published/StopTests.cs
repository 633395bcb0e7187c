using PvExec.Linux.Processes;

namespace PvExec.Init.Tests.Published;

public sealed class StopTests : IDisposable
{
    private const int Spawned = 66;

    private readonly Installation _installation = new();

    private string[] Worktree => ["--mount-point", Path.Combine(_installation.Root, "tree"), "--worktree", "w", "--store", "file://" + _installation.Root];

    public void Dispose() => _installation.Dispose();

    [Theory]
    [InlineData("TERM")]
    [InlineData("INT")]
    public void A_stop_goes_from_front_to_work_to_save(string signal)
    {
        using RunningInit init = _installation.Start(["--stop-timeout", "600", .. Worktree]);
        StandIn worktree = init.Connect("worktree");
        worktree.Event("welcome"); // it listens: what it says last is not lost
        init.Signal(signal);
        Assert.Equal(0, init.WaitForExit());

        // What the steps before it did not use is the save's, less what is kept for the end.
        Assert.InRange(worktree.Event("stop").GetProperty("milliseconds").GetInt32(), 360_000, 599_500);

        // Of the front it is said only when it is the last to leave.
        string[] steps =
        [
            .. from line in init.Lines
               where line.Contains("stopping: ") && !line.Contains("letting callers")
               select line["pv-init: stopping: ".Length..],
        ];
        Assert.StartsWith("signal", steps[0]);
        Assert.StartsWith("ending tasks and processes", steps[1]);
        Assert.StartsWith("saving the worktree", steps[2]);
        Assert.StartsWith("done in", steps[3]);
    }

    [Fact]
    public void A_save_is_not_spoken_of_where_there_is_no_worktree()
    {
        using RunningInit init = _installation.Start();
        Assert.Equal(0, init.Stop());
        Assert.DoesNotContain(init.Lines, line => line.Contains("saving"));
    }

    [Fact]
    public void Front_is_asked_first_and_may_stay_until_all_others_have_ended()
    {
        using RunningInit init = _installation.Start(["--stop-timeout", "600"], environment: [("STAND_IN_DRAINS", "front"), ("STAND_IN_STUCK", "exec")]);
        StandIn front = init.Connect("front"), exec = init.Connect("exec"), worktree = init.Connect("worktree");
        worktree.Event("welcome"); // it listens: what it says last is not lost
        init.Signal("TERM");
        front.Event("term");
        exec.Event("stop");
        exec.Order("""{"do":"exit","code":0}""");
        worktree.Event("stop");
        init.WaitFor("letting callers take their last answers");
        front.Order("""{"do":"exit","code":0}""");
        Assert.Equal(0, init.WaitForExit());
        Assert.DoesNotContain(init.Lines, line => line.Contains("killed"));
    }

    [Fact]
    public void A_front_that_does_not_leave_when_the_rest_has_ended_is_killed()
    {
        using RunningInit init = _installation.Start(["--stop-timeout", "5"], environment: ("STAND_IN_DRAINS", "front"));
        Assert.Equal(0, init.Stop());
        Assert.Contains(init.Lines, line => line.Contains("killed front, which did not stop in time"));
    }

    [Fact]
    public void A_hurried_stop_kills_a_front_that_stays()
    {
        using RunningInit init = _installation.Start(["--stop-timeout", "600"], environment: [("STAND_IN_DRAINS", "front"), ("STAND_IN_STUCK", "exec")]);
        init.Connect("front");
        init.Signal("TERM");
        init.WaitFor("ending tasks");
        init.Signal("TERM");
        Assert.Equal(0, init.WaitForExit());
        Assert.Contains(init.Lines, line => line.Contains("killed front"));
    }

    [Fact]
    public void Nothing_that_ran_is_left_and_orphans_are_dead_before_the_save()
    {
        using RunningInit init = _installation.Start(["--stop-timeout", "3"]);
        StandIn exec = init.Connect("exec");
        exec.Order("""{"do":"spawn","argv":["sh","-c","trap '' TERM; sleep 1000"]}""");
        exec.Message(Spawned);
        exec.Order("""{"do":"spawn","argv":["sh","-c","setsid sleep 1001 & exit"]}""");
        exec.Message(71);
        List<int> before = RunningInit.Descendants(init.Pid);
        Assert.Equal(0, init.Stop());
        Assert.All(before, pid => Assert.True(ProcessStat.TryRead(pid) is null or { Parent: not 1 }, $"{pid} lives"));
        Assert.DoesNotContain(ProcessStat.ReadAll(), process => before.Contains(process.Pid));
    }

    [Fact]
    public void A_service_that_does_not_stop_is_killed_and_the_save_still_happens()
    {
        using RunningInit init = _installation.Start(["--stop-timeout", "10", .. Worktree], environment: ("STAND_IN_STUCK", "process"));
        Assert.Equal(0, init.Stop());
        Assert.Contains(init.Lines, line => line.Contains("killed process, which did not stop in time"));
        Assert.Contains(init.Lines, line => line.Contains("saving the worktree"));
    }

    [Fact]
    public void A_save_that_does_not_end_is_cut_off_and_told_with_code_111()
    {
        using RunningInit init = _installation.Start(["--stop-timeout", "1", .. Worktree], environment: ("STAND_IN_STUCK", "worktree"));
        Assert.Equal(111, init.Stop());
        Assert.Contains(init.Lines, line => line.Contains("the last save is cut off"));
    }

    [Fact]
    public void A_stop_without_time_kills_at_once_and_says_when_that_costs_a_save()
    {
        using RunningInit nothingToSave = _installation.Start(["--stop-timeout", "0"], environment: ("STAND_IN_STUCK", "worktree"));
        Assert.Equal(0, nothingToSave.Stop());
        Assert.Contains(nothingToSave.Lines, line => line.Contains("stopping: done in"));

        using RunningInit saves = _installation.Start(["--stop-timeout", "0", .. Worktree], environment: ("STAND_IN_STUCK", "worktree"));
        Assert.Equal(111, saves.Stop());
        Assert.Contains(saves.Lines, line => line.Contains("the last save is cut off"));
    }

    [Fact]
    public void A_save_that_fails_is_told_with_code_111()
    {
        using RunningInit init = _installation.Start(environment: ("STAND_IN_STOP_CODE", "1"));
        Assert.Equal(111, init.Stop());
    }

    [Fact]
    public void A_second_signal_hurries_all_but_the_save_and_a_third_ends_it()
    {
        using RunningInit init = _installation.Start(["--stop-timeout", "600"], environment: ("STAND_IN_STUCK", "process"));
        init.Signal("TERM");
        init.WaitFor("ending tasks");
        init.Signal("INT");
        Assert.Equal(0, init.WaitForExit());

        using RunningInit stuck = _installation.Start(["--stop-timeout", "600", .. Worktree], environment: ("STAND_IN_STUCK", "worktree"));
        stuck.Signal("TERM");
        stuck.WaitFor("saving the worktree");
        stuck.Signal("TERM");
        stuck.WaitFor("asked again");
        stuck.Signal("TERM");
        Assert.Equal(111, stuck.WaitForExit());
        Assert.Contains(stuck.Lines, line => line.Contains("a third time"));
    }

    [Fact]
    public void A_worktree_that_is_down_at_the_stop_is_started_again_to_save()
    {
        using RunningInit init = _installation.Start(Worktree);
        StandIn worktree = init.Connect("worktree");
        worktree.Event("welcome");
        worktree.Order("""{"do":"exit","code":9}""");
        init.WaitFor("worktree (pid");
        init.Signal("TERM");
        Assert.Equal(0, init.WaitForExit());
        Assert.Contains(init.Lines, line => line.Contains("saving the worktree"));
    }
}
