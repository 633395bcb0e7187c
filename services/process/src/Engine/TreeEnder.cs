using Microsoft.Extensions.Logging;
using PvExec.Hosting.Init;
using PvExec.Kernel;
using PvExec.Linux.Processes;
using PvExec.Processes.Adapters;
using PvExec.Processes.Freezing;
using PvExec.Processes.Succession;

namespace PvExec.Processes.Engine;

/// <summary>
/// Ends a process with all that it has started: SIGTERM, and SIGKILL after a grace. Safe to run twice at once: the tree is
/// asked once, and the shorter grace counts. A new instance goes on where this one was.
/// </summary>
internal sealed class TreeEnder(IInit init, IKernelTables tables, Freezer freezer, Mandate mandate, ProcessTiming timing, TimeProvider clock, ILogger<TreeEnder> log)
{
    private const int SIGKILL = 9;
    private const int SIGTERM = 15;

    // Only pv-init learns of exits at once, and only of its own children: for the rest the process table is read.
    private static readonly TimeSpan LookAgain = TimeSpan.FromMilliseconds(10);
    private static readonly TimeSpan KillAgain = TimeSpan.FromMilliseconds(100);

    private readonly Lock _lock = new(); // guards _asked; a leaf

    // By the child's number: when a tree that has got its SIGTERM is to be killed, as a timestamp of the clock.
    private readonly Dictionary<ulong, long> _asked = [];

    /// <summary>The trees that have got SIGTERM and are not gone, with the time left until SIGKILL.</summary>
    public IReadOnlyList<EndingTree> Asked
    {
        get
        {
            lock (_lock)
            {
                return [.. _asked.Select(one => new EndingTree(one.Key, Left(one.Value)))];
            }
        }
    }

    /// <summary>Takes over trees that an earlier instance has sent SIGTERM to. Before any is ended.</summary>
    public void Inherit(IEnumerable<EndingTree> trees)
    {
        lock (_lock)
        {
            foreach (EndingTree tree in trees)
            {
                _asked[tree.Child] = After(tree.Left);
            }
        }
    }

    /// <summary>Returns when nobody of the tree is left.</summary>
    /// <param name="process">For messages.</param>
    /// <returns>A fault when members survive even SIGKILL for <see cref="ProcessTiming.KillWait"/>.</returns>
    /// <exception cref="OperationCanceledException">The mandate is over.</exception>
    public async Task<Outcome<Unit>> EndAsync(string process, Child child, TimeSpan grace)
    {
        Outcome<Unit> ended = await AskThenKillAsync(process, child, grace);
        lock (_lock)
        {
            _asked.Remove(child.Id);
        }

        freezer.Forget(child);
        return ended;
    }

    /// <summary>Whether the process has ended and has left nobody behind.</summary>
    public bool IsGone(Child child) =>
        child.Exited.IsCompleted && ProcessTree.Of(tables.Processes(), child.Pid, leaderLives: false).Count == 0;

    private async Task<Outcome<Unit>> AskThenKillAsync(string process, Child child, TimeSpan grace)
    {
        if (IsGone(child) || await GoneWithinAsync(child, await AskAsync(process, child, grace)))
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

    /// <returns>How long it may take.</returns>
    private async Task<TimeSpan> AskAsync(string process, Child child, TimeSpan grace)
    {
        if (AskedBefore(child, grace) is { } left)
        {
            // By an earlier instance, perhaps, whose freezes are over: the freezer here has to know of it.
            using (mandate.Enter())
            {
                await freezer.ReleaseAsync(child);
            }

            return left;
        }

        // One step: a tree that has got its SIGTERM is on the list when the list goes to the next instance.
        using (mandate.Enter())
        {
            await SendAsync(process, child, SIGTERM);
            await freezer.ReleaseAsync(child);
            lock (_lock)
            {
                _asked[child.Id] = After(grace);
            }
        }

        return grace;
    }

    /// <returns>What is left until SIGKILL, when it has got its SIGTERM.</returns>
    private TimeSpan? AskedBefore(Child child, TimeSpan grace)
    {
        lock (_lock)
        {
            if (!_asked.TryGetValue(child.Id, out long killAt))
            {
                return null;
            }

            _asked[child.Id] = Math.Min(killAt, After(grace));
            return Left(_asked[child.Id]);
        }
    }

    private async Task<bool> GoneWithinAsync(Child child, TimeSpan time)
    {
        long started = clock.GetTimestamp();
        if (!child.Exited.IsCompleted)
        {
            await Task.WhenAny(child.Exited, Task.Delay(time, clock, mandate.Over));
        }

        while (!IsGone(child))
        {
            mandate.Over.ThrowIfCancellationRequested();
            if (clock.GetElapsedTime(started) >= time)
            {
                return false;
            }

            await Task.Delay(LookAgain, clock, mandate.Over);
        }

        return true;
    }

    private async Task SignalAsync(string process, Child child, int signal)
    {
        using (mandate.Enter())
        {
            await SendAsync(process, child, signal);
        }
    }

    private async Task SendAsync(string process, Child child, int signal)
    {
        Outcome<Unit> sent = await init.SignalAsync(child, signal, SignalScope.Tree, CancellationToken.None);
        if (!sent.Succeeded(out Fault? fault))
        {
            ProcessLog.SignalFailed(log, signal, process, fault.Detail);
        }
    }

    private long After(TimeSpan time) => clock.GetTimestamp() + (long)(time.TotalSeconds * clock.TimestampFrequency);

    private TimeSpan Left(long timestamp)
    {
        TimeSpan left = clock.GetElapsedTime(clock.GetTimestamp(), timestamp);
        return left > TimeSpan.Zero ? left : TimeSpan.Zero;
    }
}
