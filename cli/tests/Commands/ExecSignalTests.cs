using PvExec.Api.V1;
using PvExec.Cli.Tests.Rig;
using PvExec.Testing;

namespace PvExec.Cli.Tests.Commands;

/// <summary>Signals to <c>exec -w</c>.</summary>
public sealed class ExecSignalTests
{
    [Theory]
    [InlineData(CallerSignal.Interrupt, 130)]
    [InlineData(CallerSignal.Terminate, 143)]
    [InlineData(CallerSignal.Hangup, 129)]
    public async Task The_first_signal_cancels_the_run_and_its_output_is_passed_on_to_the_end(CallerSignal signal, int code)
    {
        await using TestDaemon daemon = await TestDaemon.StartAsync();
        var ran = new Ran();
        daemon.Tasks.OnRun = async (_, tell, gone) =>
        {
            await tell(Told.Accepted());
            await tell(Told.Started());
            await tell(Told.Out("on "));
            Assert.Equal("R1", await daemon.Tasks.Cancelled.ReadAsync(gone));
            await tell(Told.Out("the way out", 3));
            await tell(Told.Killed(15));
        };

        Task running = ran.RunAsync("-p", daemon.Port, "exec", "-w", "task");
        await ran.OutputStream.ReachesAsync(3);
        ran.Signals.Send(signal);
        await running;

        Assert.Equal((code, "on the way out", ""), (ran.Code, ran.Text, ran.Error));
    }

    [Fact]
    public async Task A_run_that_waits_is_withdrawn_without_a_word()
    {
        await using TestDaemon daemon = await TestDaemon.StartAsync();
        var ran = new Ran { Terminal = new FakeTerminal { IsError = true } };
        daemon.Tasks.OnRun = async (_, tell, gone) =>
        {
            await tell(Told.Accepted());
            await tell(Told.Queued(new ScopeUser { Scope = "src", Holder = "R9", Reason = "build", Holds = true }));
            await daemon.Tasks.Cancelled.ReadAsync(gone);
            await tell(Told.NotRun(1, "it was cancelled"));
        };

        Task running = ran.RunAsync("-p", daemon.Port, "exec", "-w", "task");
        await ran.ErrorStream.ReachesAsync(1);
        ran.Signals.Send(CallerSignal.Interrupt);
        await running;

        Assert.Equal((130, "pv_exec: waits for src (build R9 reads it)\n"), (ran.Code, ran.Error));
    }

    [Fact]
    public async Task The_second_signal_gives_the_run_up_at_once()
    {
        await using TestDaemon daemon = await TestDaemon.StartAsync();
        Ran ran = Endless(daemon);

        Task running = ran.RunAsync("-p", daemon.Port, "exec", "-w", "task");
        await ran.OutputStream.ReachesAsync(1);
        ran.Signals.Send(CallerSignal.Terminate);
        await daemon.Tasks.Cancelled.ReadAsync();
        Assert.False(running.IsCompleted);
        ran.Signals.Send(CallerSignal.Interrupt);
        await running;

        Assert.Equal((143, "."), (ran.Code, ran.Text));
        Assert.Equal(
            "pv_exec: run R1 is left while it ends: what of it does not for SIGTERM is killed after the task's timeout-kill; 'pv_exec runs show R1' says how it is\n",
            ran.Error);
    }

    [Fact]
    public async Task A_run_that_is_given_up_at_once_is_cancelled_all_the_same()
    {
        await using TestDaemon daemon = await TestDaemon.StartAsync();
        Ran ran = Endless(daemon);

        Task running = ran.RunAsync("-p", daemon.Port, "exec", "-w", "task");
        await ran.OutputStream.ReachesAsync(1);
        ran.Signals.Send(CallerSignal.Interrupt);
        ran.Signals.Send(CallerSignal.Interrupt);
        await running;

        Assert.Contains(new CancelRequest { RunId = "R1", AtOnce = true }, daemon.Tasks.Cancels);
        Assert.Contains("run R1 is left while it ends", ran.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Without_waiting_the_first_signal_ends_it()
    {
        await using TestDaemon daemon = await TestDaemon.StartAsync();
        var ran = new Ran();
        var called = new TaskCompletionSource();
        daemon.Tasks.OnRun = async (_, _, gone) =>
        {
            called.SetResult();
            await Task.Delay(Timeout.Infinite, gone);
        };

        Task running = ran.RunAsync("-p", daemon.Port, "exec", "task");
        await called.Task;
        ran.Signals.Send(CallerSignal.Interrupt);
        await running;

        Assert.Equal(130, ran.Code);
    }

    /// <summary>Runs go on until their callers leave, and however long the daemon takes to answer, it is waited for.</summary>
    private static Ran Endless(TestDaemon daemon)
    {
        daemon.Tasks.OnRun = async (_, tell, gone) =>
        {
            await tell(Told.Accepted());
            await tell(Told.Started());
            await tell(Told.Out("."));
            await Task.Delay(Timeout.Infinite, gone);
        };
        return new Ran { Clock = new ManualClock() };
    }
}
