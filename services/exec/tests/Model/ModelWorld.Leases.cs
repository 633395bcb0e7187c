using PvExec.Exec.Core.Scopes;
using PvExec.Hosting.Succession;
using PvExec.Kernel;

namespace PvExec.Exec.Tests.Model;

/// <content>Locks of other services.</content>
internal sealed partial class ModelWorld
{
    private int _lastHolder;

    private IEnumerable<ModelLease> Held => _queue.Leases.Where(lease => lease.Id is not null);

    private Task AcquireAsync()
    {
        if (_queue.Claims.Count < MostClaims)
        {
            var lease = new ModelLease($"holder-{++_lastHolder}", ModelTask.SomeScopes(_random));
            _doing = $"{lease.Name} asks for {lease.Scopes}";
            Ask(lease);
            _queue.Claims.Add(lease);
        }

        return Task.CompletedTask;
    }

    /// <summary>
    /// No wait ends at a moment at which something else does, which would be a matter of threads: limits are whole
    /// milliseconds, and nothing else happens in this microsecond of one.
    /// </summary>
    private void Ask(ModelLease lease)
    {
        _clock.Advance(TimeSpan.FromMicroseconds(1));
        TimeSpan limit = TimeSpan.FromMilliseconds(_random.Next(500, 9000));
        (lease.Caller, lease.Owner) = (new CancellationTokenSource(), new CancellationTokenSource());
        lease.Due = _clock.GetUtcNow() + limit;
        ScopeSet scopes = ScopeSet.From(lease.Scopes.Reads, lease.Scopes.Writes);
        lease.Asking = _instance.Leases.AcquireAsync(
            scopes, lease.Name, ModelObserver.LeaseReason, limit, timeLeft: null, lease.Name, lease.Owner.Token, lease.Caller.Token);
        _clock.Advance(TimeSpan.FromMicroseconds(1));
    }

    private Task ReleaseAsync() => Pick(Held) is { } lease ? EndLeaseAsync(lease) : Task.CompletedTask;

    private Task EndLeaseAsync(ModelLease lease)
    {
        _doing = $"{lease.Name} gives its locks back";
        _ = _instance.Leases.Release(lease.Id!.Value).Value;
        _queue.Claims.Remove(lease);
        Assert.False(_instance.Leases.Release(lease.Id.Value).Succeeded(out _));
        return Task.CompletedTask;
    }

    private Task RenewAsync()
    {
        if (Pick(Held) is { } lease)
        {
            _doing = $"{lease.Name} renews";
            Renew(lease);
        }

        return Task.CompletedTask;
    }

    /// <summary>Perhaps on another connection; what the one before does then says nothing any more.</summary>
    private void Renew(ModelLease lease)
    {
        CancellationTokenSource before = lease.Owner;
        string owner = $"{lease.Name}, {_random.Next()}";
        lease.Owner = new CancellationTokenSource();
        lease.IsBound = true;
        _ = _instance.Leases.Renew(lease.Id!.Value, owner, lease.Owner.Token).Value;
        lease.Due = _clock.GetUtcNow() + _instance.Leases.TimeToLive;
        before.Cancel();
    }

    private Task LoseHolderAsync()
    {
        if (Pick(Held.Where(lease => lease.IsBound)) is { } lease)
        {
            _doing = $"the connection of {lease.Name} ends";
            lease.Owner.Cancel();
            Assert.False(_instance.Leases.Release(lease.Id!.Value).Succeeded(out _));
            _queue.Claims.Remove(lease);
        }

        return Task.CompletedTask;
    }

    private async Task GiveUpAsync()
    {
        if (Pick(_queue.Leases.Where(lease => !lease.IsHeld && lease.Asking is not null)) is { } lease)
        {
            _doing = $"{lease.Name} waits no longer";
            await lease.Caller.CancelAsync();
            await Assert.ThrowsAnyAsync<OperationCanceledException>(() => lease.Asking!.WaitAsync(s_patience));
            _queue.Claims.Remove(lease);
        }
    }

    private async Task SeeLeaseAsync(ModelLease lease)
    {
        lease.IsHeld = true;
        if (lease.Asking is { } asking)
        {
            lease.Id = (await asking.WaitAsync(s_patience)).Value;
            lease.IsBound = true;
            lease.Due = _clock.GetUtcNow() + _instance.Leases.TimeToLive;
        }
    }

    /// <summary>After a hand-over: who held comes back with the lease or does not, who waited asks again or does not.</summary>
    private async Task ComeBackAsync(ModelLease lease)
    {
        await lease.Caller.CancelAsync();
        try
        {
            lease.Id ??= lease.Asking is { } asking ? (await asking.WaitAsync(s_patience)).Value : null;
        }
        catch (Exception e) when (e is OperationCanceledException or HandedOverException)
        {
            // It is a claim now.
        }

        lease.IsHeld = lease.Id is not null;
        lease.IsBound = false;
        lease.Asking = null;
        lease.Due = _clock.GetUtcNow() + _instance.Leases.TimeToLive;
    }
}
