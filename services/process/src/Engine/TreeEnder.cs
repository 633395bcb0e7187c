using Microsoft.Extensions.Logging;
using PvExec.Hosting.Init;
using PvExec.Kernel;
using PvExec.Linux.Processes;
using PvExec.Processes.Adapters;
using PvExec.Processes.Freezing;

namespace PvExec.Processes.Engine;

/// <summary>Ends a process with all that it has started: SIGTERM, and SIGKILL after a grace. Safe to run twice at once.</summary>
internal sealed class TreeEnder(IInit init, IKernelTables tables, Freezer freezer, ProcessTiming timing, TimeProvider clock, ILogger<TreeEnder> log)
{
    private const int SIGKILL = 9;
    private const int SIGTERM = 15;

    // Only pv-init learns of exits at once, and only of its own children: for the rest the process table is read.
    private static readonly TimeSpan LookAgain = TimeSpan.FromMilliseconds(10);
    private static readonly TimeSpan KillAgain = TimeSpan.FromMilliseconds(100);

    /// <summary>Returns when nobody of the tree is left.</summary>
    /// <param name="process">For messages.</param>
    /// <returns>A fault when members survive even SIGKILL for <see cref="ProcessTiming.KillWait"/>.</returns>
    public async Task<Outcome<Unit>> EndAsync(string process, Child child, TimeSpan grace)
    {
        if (IsGone(child))
        {
            return Unit.Value;
        }

        await SignalAsync(process, child, SIGTERM);
        await freezer.ReleaseAsync(child);
        if (await GoneWithinAsync(child, grace))
        {
            return Unit.Value;
        }

        ProcessLog.Killed(log, process, child.Pid);
        long started = clock.GetTimestamp();
        do
        {
            // Again and again: a member may fork while the tree is gone through.
            await SignalAsync(process, child, SIGKILL);
            if (await GoneWithinAsync(child, KillAgain))
            {
                return Unit.Value;
            }
        }
        while (clock.GetElapsedTime(started) < timing.KillWait);

        return new Fault(FaultKind.Internal, $"process '{process}' (pid {child.Pid}) does not end, not even on SIGKILL: see what it waits for in /proc/{child.Pid}/stack, then try again");
    }

    /// <summary>Whether the process has ended and has left nobody behind.</summary>
    public bool IsGone(Child child) =>
        child.Exited.IsCompleted && ProcessTree.Of(tables.Processes(), child.Pid, leaderLives: false).Count == 0;

    private async Task<bool> GoneWithinAsync(Child child, TimeSpan time)
    {
        long started = clock.GetTimestamp();
        if (!child.Exited.IsCompleted)
        {
            await Task.WhenAny(child.Exited, Task.Delay(time, clock));
        }

        while (!IsGone(child))
        {
            if (clock.GetElapsedTime(started) >= time)
            {
                return false;
            }

            await Task.Delay(LookAgain, clock);
        }

        return true;
    }

    private async Task SignalAsync(string process, Child child, int signal)
    {
        Outcome<Unit> sent = await init.SignalAsync(child, signal, SignalScope.Tree, CancellationToken.None);
        if (!sent.Succeeded(out Fault? fault))
        {
            ProcessLog.SignalFailed(log, signal, process, fault.Detail);
        }
    }
}
