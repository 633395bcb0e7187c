using Microsoft.Extensions.Logging;
using PvExec.Bus.Calls;
using PvExec.Kernel;
using PvExec.Proto.Bus.Common;
using PvExec.Proto.Bus.Exec;

namespace PvExec.Worktrees.Adapters;

/// <summary>A lease that is renewed until it is disposed.</summary>
internal sealed class SaveLease : IHeldLock
{
    private static readonly TimeSpan AnswerTime = TimeSpan.FromSeconds(2);

    private readonly BusClient _exec;
    private readonly ScopesAcquired _lease;
    private readonly string _reason;
    private readonly TimeProvider _time;
    private readonly ILogger _log;
    private readonly CancellationTokenSource _ended = new();
    private readonly Task _renewing;
    private bool _released;

    public SaveLease(BusClient exec, ScopesAcquired lease, string reason, TimeProvider time, ILogger log)
    {
        (_exec, _lease, _reason, _time, _log) = (exec, lease, reason, time, log);
        _renewing = RenewAsync();
    }

    /// <inheritdoc/>
    /// <remarks>
    /// Exec knows a lease until it ended: by time, with our connection, or when exec was killed. So an answer that it is
    /// released now says that it was held until now, and anything else does not. A new exec that took over knows it too,
    /// and is waited for.
    /// </remarks>
    public async ValueTask<bool> ReleaseAsync()
    {
        _released = true;
        await _ended.CancelAsync();
        await _renewing;
        Outcome<Done> released = await _exec.CallAsync<ReleaseScopes, Done>(
            new ReleaseScopes(_lease.LeaseId), AnswerTime, WhenDown.Wait, CancellationToken.None);
        return released.Fault is null;
    }

    public async ValueTask DisposeAsync()
    {
        if (!_released)
        {
            await ReleaseAsync();
        }

        _ended.Dispose();
    }

    // Three chances before the time is over.
    private async Task RenewAsync()
    {
        try
        {
            while (true)
            {
                await Task.Delay(_lease.TimeToLive / 3, _time, _ended.Token);
                Outcome<ScopesAcquired> renewed = await _exec.CallAsync<RenewScopes, ScopesAcquired>(
                    new RenewScopes(_lease.LeaseId), AnswerTime, WhenDown.Wait, _ended.Token);
                if (!renewed.Succeeded(out Fault? fault))
                {
                    SaveLockLog.RenewalFailed(_log, _reason, fault.Detail);
                }
            }
        }
        catch (OperationCanceledException)
        {
            return;
        }
    }
}
