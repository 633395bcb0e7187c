using PvExec.InitClient;
using PvExec.Kernel;
using PvExec.Proto.Init;

namespace PvExec.Init.Tests.Published;

public sealed class StartTimeoutTests : IDisposable
{
    private readonly Installation _installation = new();

    private RuntimePaths Paths => new(_installation.Runtime);

    /// <summary>Enough for those that do not hang, also on a slow machine.</summary>
    private string[] WithShortTimeout => [.. _installation.Arguments, "--start-timeout", "4"];

    public void Dispose() => _installation.Dispose();

    [Fact]
    public void A_service_that_hangs_before_it_is_ready_is_ended_and_started_again_after_growing_waits_and_given_up_in_the_end()
    {
        using RunningInit init = _installation.Launch([.. WithShortTimeout, "--restart-limit", "3"], environment: ("STAND_IN_WAIT_FOR_ORDER", "exec"));

        init.WaitFor("exec (pid");
        Assert.Matches("is not ready [0-9.]+ s after its start: ending it by SIGABRT", init.Lines[^1]);
        Assert.Contains("ended with signal 6: starting it again in 50 ms", init.WaitFor("exec (pid"));
        init.WaitFor("is not ready ");
        Assert.Contains("ended with signal 6: starting it again in 100 ms", init.WaitFor("exec (pid"));
        init.WaitFor("exec has ended 3 times in a row and is given up");

        // The others are as they were.
        Assert.DoesNotContain(init.Lines, line => line.Contains("is not ready") && !line.Contains("exec"));
        Assert.Equal(0, init.Stop());
    }

    [Fact]
    public void One_that_was_ended_because_it_hung_may_be_ready_the_next_time()
    {
        string hold = Path.Combine(_installation.Root, "hold");
        RunningInit.Run("mkfifo", hold);
        using RunningInit init = _installation.Launch(WithShortTimeout, environment: ("STAND_IN_HOLD_WORKTREE", hold));
        init.WaitFor("worktree (pid");
        File.Delete(hold);
        init.WaitFor("ready on");
        Assert.Equal(0, init.Stop());
    }

    [Fact]
    public void One_that_does_not_heed_the_abort_is_killed()
    {
        using RunningInit init = _installation.Launch(WithShortTimeout, environment: [("STAND_IN_WAIT_FOR_ORDER", "process"), ("STAND_IN_STUBBORN", "process")]);
        init.WaitFor("is not ready ");
        Assert.Contains("ended with signal 9", init.WaitFor("process (pid"));
        Assert.Equal(0, init.Stop());
    }

    [Fact]
    public void One_that_says_that_its_start_goes_on_is_left_alone()
    {
        using RunningInit init = _installation.Launch(
            [.. _installation.Arguments, "--start-timeout", "6"], environment: ("STAND_IN_WAIT_FOR_ORDER", "worktree process"));
        Assert.True(SpinWait.SpinUntil(() => InitQuery.ListServices(Paths).TryGet(out _, out _), RunningInit.Patience));
        int pid = One("worktree").Pid;
        StandIn worktree = init.Connect("worktree", pid);
        worktree.Order("""{"do":"notify","text":"EXTEND_TIMEOUT_USEC=600000000"}""");

        // Both were started together: what ends one does not end the other.
        Assert.Contains("is not ready ", init.WaitFor("process (pid"));
        Assert.Contains("ended with signal 6", init.WaitFor("process (pid"));
        Assert.Equal(("starting", pid), (One("worktree").State, One("worktree").Pid));
        worktree.Order("""{"do":"ready"}""");
        Assert.True(SpinWait.SpinUntil(() => One("worktree").State == "ready", RunningInit.Patience));
        Assert.Equal(0, init.Stop());
    }

    [Fact]
    public void A_restart_that_hangs_ends_the_new_instance_and_the_one_that_runs_goes_on()
    {
        using RunningInit init = _installation.Start(["--start-timeout", "5"], environment: ("STAND_IN_STANDBY_EXEC", "wait"));
        int pid = One("exec").Pid;

        Fault fault = InitRestart.Restart(Paths, "exec").Fault!;

        Assert.Matches("^the new instance of exec was not ready after [0-9]+ s and was ended .*: the one that runs goes on$", fault.Detail);
        Assert.Equal(("ready", pid), (One("exec").State, One("exec").Pid));
        Assert.Equal(0, init.Stop());
    }

    [Fact]
    public void A_new_instance_that_hangs_once_it_decides_is_ended_and_the_service_started_again()
    {
        using RunningInit init = _installation.Start(["--start-timeout", "5"], environment: ("STAND_IN_TOOK_OVER_EXEC", "wait"));

        Fault fault = InitRestart.Restart(Paths, "exec").Fault!;

        Assert.Matches("^the new instance of exec was not ready after [0-9]+ s and was ended .*: it is started again$", fault.Detail);
        init.WaitFor("exec is back");
        Assert.Equal(0, init.Stop());
    }

    private ServiceStatus One(string service) => InitQuery.ListServices(Paths).Value.First(one => one.Name == service);
}
