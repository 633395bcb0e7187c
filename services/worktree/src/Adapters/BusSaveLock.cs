using Microsoft.Extensions.Logging;
using PvExec.Bus.Calls;
using PvExec.Hosting.Init;
using PvExec.Kernel;
using PvExec.Proto.Bus.Exec;

namespace PvExec.Worktrees.Adapters;

/// <summary>Read locks on the save scopes, as a lease from exec.</summary>
/// <param name="exec">Connected to exec's requests.</param>
/// <param name="init">Once the whole system stops, exec has ended every task and left: nothing is locked any more.</param>
public sealed class BusSaveLock(BusClient exec, IInit init, TimeProvider time, ILogger<BusSaveLock> log) : ISaveLock
{
    /// <summary>What tasks of ours write: the application and its dependencies.</summary>
    public IReadOnlyList<string> Scopes { get; init; } = ["src", "dep"];

    /// <summary>How long to wait for tasks that write, and for exec while it is started anew.</summary>
    public TimeSpan WaitLimit { get; init; } = TimeSpan.FromSeconds(60);

    /// <summary>How much later than exec's own limit we stop waiting for its answer.</summary>
    private static readonly TimeSpan AnswerTime = TimeSpan.FromSeconds(2);

    /// <inheritdoc/>
    /// <remarks>Unavailable when exec did not answer at all, DeadlineExceeded when tasks held the scopes all the time.</remarks>
    public async ValueTask<Outcome<IHeldLock>> AcquireAsync(string reason, CancellationToken cancellationToken)
    {
        using var giveUp = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        var request = new AcquireScopes(Scopes, [], "pv-worktree", reason, WaitLimit);
        Task<TimeSpan> stop = init.StopRequested;
        if (stop.IsCompleted)
        {
            return new NothingHeld();
        }

        long started = time.GetTimestamp();
        Task<Outcome<ScopesAcquired>> acquiring = exec.CallAsync<AcquireScopes, ScopesAcquired>(request, WaitLimit + AnswerTime, WhenDown.Wait, giveUp.Token);
        if (await Task.WhenAny(acquiring, stop) == stop)
        {
            await giveUp.CancelAsync();
            await ((Task)acquiring).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            return new NothingHeld();
        }

        if ((await acquiring).TryGet(out ScopesAcquired? lease, out Fault? fault))
        {
            return new SaveLease(exec, lease, reason, time, log);
        }

        bool silent = fault.Kind == FaultKind.DeadlineExceeded && time.GetElapsedTime(started) >= WaitLimit + AnswerTime;
        return silent
            ? new Fault(FaultKind.Unavailable, $"pv-exec did not answer for {WaitLimit + AnswerTime}, so nothing was saved: look at 'pv_exec services' and save again")
            : fault;
    }

    private sealed class NothingHeld : IHeldLock
    {
        public ValueTask<bool> ReleaseAsync() => ValueTask.FromResult(true);

        public ValueTask DisposeAsync() => ValueTask.CompletedTask;
    }
}
