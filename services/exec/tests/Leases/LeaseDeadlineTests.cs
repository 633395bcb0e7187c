using Microsoft.Extensions.Logging.Abstractions;
using PvExec.Exec.Core.Scopes;
using PvExec.Exec.Engine;
using PvExec.Exec.Leases;
using PvExec.Kernel;
using PvExec.Testing;

namespace PvExec.Exec.Tests.Leases;

/// <summary>A call whose deadline has passed holds nothing, also where its cancellation comes late.</summary>
public sealed class LeaseDeadlineTests : IDisposable
{
    private readonly ManualClock _clock = new();
    private readonly ScopeLocks _locks;
    private readonly RecordingObserver _observer = new();
    private readonly ScopeLeases _leases;

    public LeaseDeadlineTests()
    {
        _locks = new ScopeLocks(_clock);
        _leases = new ScopeLeases(new LockOrder(_locks), new DecisionGate(), _clock, _observer, NullLogger<ScopeLeases>.Instance);
    }

    public void Dispose() => _leases.Dispose();

    [Fact]
    public async Task A_call_that_comes_after_its_deadline_is_not_granted_what_is_free()
    {
        Outcome<ulong> late = await AcquireAsync(TimeSpan.Zero, CancellationToken.None);
        Assert.Equal(FaultKind.DeadlineExceeded, late.Fault?.Kind);
        Assert.Contains("me (writes src)", late.Fault!.Detail, StringComparison.Ordinal);
        AssertNothingHeld();
    }

    [Fact]
    public async Task A_call_whose_deadline_passed_while_it_waited_is_not_granted_what_becomes_free()
    {
        ScopeTicket writer = _locks.Request(ScopeSet.From([], ["src"]), "writer", "test");
        Task<Outcome<ulong>> call = AcquireAsync(TimeSpan.FromSeconds(1), CancellationToken.None);
        _clock.Advance(TimeSpan.FromSeconds(1));
        writer.Release();

        Assert.Equal(FaultKind.DeadlineExceeded, (await call).Fault?.Kind);
        AssertNothingHeld();
    }

    [Fact]
    public async Task A_clock_that_is_set_while_a_call_waits_does_not_make_it_late()
    {
        ScopeTicket writer = _locks.Request(ScopeSet.From([], ["src"]), "writer", "test");
        Task<Outcome<ulong>> call = AcquireAsync(TimeSpan.FromSeconds(1), CancellationToken.None);
        _clock.SetForward(TimeSpan.FromHours(1));
        writer.Release();

        Assert.True((await call).Succeeded(out _));
        Assert.Equal(1, _leases.Count);
    }

    [Fact]
    public async Task A_call_that_was_given_up_before_it_came_is_not_granted_what_is_free()
    {
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => AcquireAsync(null, new CancellationToken(canceled: true)));
        AssertNothingHeld();
    }

    [Fact]
    public async Task A_call_that_is_in_time_gets_its_lease()
    {
        Assert.True((await AcquireAsync(TimeSpan.FromSeconds(1), CancellationToken.None)).Succeeded(out _));
        Assert.Equal(1, _leases.Count);
    }

    private Task<Outcome<ulong>> AcquireAsync(TimeSpan? timeLeft, CancellationToken cancellationToken) => _leases.AcquireAsync(
        ScopeSet.From([], ["src"]), "me", "test", TimeSpan.FromHours(1), timeLeft, "connection", CancellationToken.None, cancellationToken);

    private void AssertNothingHeld()
    {
        Assert.Equal((0, 0), (_leases.Count, _locks.Queues));
        Assert.Empty(_observer.Take());
    }
}
