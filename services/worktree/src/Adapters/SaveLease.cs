using Microsoft.Extensions.Logging;
using PvExec.Bus.Calls;
using PvExec.Kernel;
using PvExec.Proto.Bus.Common;
using PvExec.Proto.Bus.Exec;

namespace PvExec.Worktrees.Adapters;

/// <summary>A lease that is renewed until it is disposed.</summary>
internal sealed class SaveLease : IAsyncDisposable
{
    private static readonly TimeSpan AnswerTime = TimeSpan.FromSeconds(2);

    private readonly BusClient _exec;
    private readonly ScopesAcquired _lease;
    private readonly string _reason;
    private readonly TimeProvider _time;
    private readonly ILogger _log;
    private readonly CancellationTokenSource _ended = new();
    private readonly Task _renewing;

    public SaveLease(BusClient exec, ScopesAcquired lease, string reason, TimeProvider time, ILogger log)
    {
        (_exec, _lease, _reason, _time, _log) = (exec, lease, reason, time, log);
        _renewing = RenewAsync();
    }

    /// <summary>Releases the locks. When exec is away, its connection to us has ended and the lease with it.</summary>
    public async ValueTask DisposeAsync()
    {
        await _ended.CancelAsync();
        await _renewing;
        _ended.Dispose();
        await _exec.CallAsync<ReleaseScopes, Done>(new ReleaseScopes(_lease.LeaseId), AnswerTime, WhenDown.Fail, CancellationToken.None);
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
                    new RenewScopes(_lease.LeaseId), AnswerTime, WhenDown.Fail, _ended.Token);
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
