using System.Runtime.CompilerServices;
using PvExec.Bus.Calls;
using PvExec.Bus.Tests.Support;
using PvExec.Kernel;
using PvExec.Proto.Bus;
using PvExec.Proto.Bus.Exec;

namespace PvExec.Bus.Tests.Calls;

/// <summary>What calls may cost in memory, on both sides.</summary>
public sealed class RoomTests : IDisposable
{
    private static readonly string s_large = new('x', 900_000);

    private readonly TestService _service = new();
    private readonly TaskCompletionSource _ended = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public void Dispose() => _service.Dispose();

    [Fact]
    public async Task Calls_that_were_given_up_while_nobody_was_there_leave_nothing()
    {
        await using BusClient client = _service.Client(BusLimits.Default);
        long before = GC.GetTotalMemory(forceFullCollection: true);
        for (int i = 0; i < 200; i++)
        {
            using var giveUp = new CancellationTokenSource();
            Task<Outcome<ScopesAcquired>> call = AcquireAsync(client, WhenDown.Wait, giveUp.Token);
            await giveUp.CancelAsync();
            await Assert.ThrowsAnyAsync<OperationCanceledException>(() => call);
        }

        // Answered after all that was asked of the owner thread before.
        Assert.Equal(FaultKind.Unavailable, (await AcquireAsync(client, WhenDown.Fail, default)).Fault?.Kind);
        Assert.InRange(GC.GetTotalMemory(forceFullCollection: true) - before, long.MinValue, 100_000_000);
    }

    [Fact]
    public async Task Calls_that_wait_are_bounded_by_their_bytes()
    {
        await using BusClient client = _service.Client(BusLimits.Default with { QueuedBytes = 1_000_000 });
        Task<Outcome<ScopesAcquired>> first = AcquireAsync(client, WhenDown.Wait, default);

        Fault? refused = (await AcquireAsync(client, WhenDown.Wait, default).WaitAsync(TestService.Long)).Fault;

        Assert.Equal(FaultKind.ResourceExhausted, refused?.Kind);
        Assert.False(first.IsCompleted);
    }

    [Theory]
    [InlineData(1_000_000, 100_000_000)]
    [InlineData(100_000_000, 1_000_000)]
    public async Task Calls_that_are_worked_on_are_bounded_by_their_bytes(long ofPeer, long ofAll)
    {
        await using BusServer server = Serve(BusLimits.Default with { BytesInFlightOfPeer = ofPeer, BytesInFlight = ofAll });
        await using BusClient client = _service.Client(BusLimits.Default);
        Task<Outcome<ScopesAcquired>> first = AcquireAsync(client, WhenDown.Wait, default);

        Fault? refused = (await AcquireAsync(client, WhenDown.Wait, default).WaitAsync(TestService.Long)).Fault;

        Assert.Equal(FaultKind.ResourceExhausted, refused?.Kind);
        Assert.False(first.IsCompleted);
    }

    [Fact]
    public async Task An_answer_that_is_too_large_to_be_queued_is_a_fault_that_says_so_and_hands_nothing_over()
    {
        bool undone = false;
        await using BusServer server = _service.Serve<RenewScopes, AcquireScopes>((_, call, _) =>
        {
            call.OnGivenUp(() => undone = true);
            return Task.FromResult<Outcome<AcquireScopes>>(new AcquireScopes([], [], "", s_large, default));
        });
        await using BusClient client = _service.Client(BusLimits.Default);

        Outcome<AcquireScopes> answer = await client.CallAsync<RenewScopes, AcquireScopes>(new RenewScopes(1), TestService.Long, WhenDown.Wait, default);

        Assert.Equal(FaultKind.ResourceExhausted, answer.Fault?.Kind);
        Assert.Contains("the answer of exec to 'exec.scopes.renew' has 9000", answer.Fault!.Detail, StringComparison.Ordinal);
        Assert.True(undone);
    }

    [Fact]
    public void A_call_that_can_be_undone_is_remembered_without_its_bytes()
    {
        var peer = new BusPeer([1]);
        bool undone = false;
        WeakReference call = Answered(peer, () => undone = true);

        GC.Collect();

        Assert.False(call.IsAlive);
        peer.Recall(7)!();
        Assert.True(undone);
        Assert.Null(peer.Recall(7));
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static WeakReference Answered(BusPeer peer, Action undo)
    {
        var request = new Envelope(1, "exec.scopes.acquire", 7, null, null, new byte[100]);
        var call = new BusCall(peer, request, 100, new CancellationTokenSource(), TimeProvider.System);
        call.OnGivenUp(undo);
        peer.Remember(call.Request.Correlation, call.Undo!);
        return new WeakReference(call);
    }

    private static Task<Outcome<ScopesAcquired>> AcquireAsync(BusClient client, WhenDown whenDown, CancellationToken cancellationToken) =>
        client.CallAsync<AcquireScopes, ScopesAcquired>(new AcquireScopes([], [], "test", s_large, default), TimeSpan.FromHours(1), whenDown, cancellationToken);

    private BusServer Serve(BusLimits limits) =>
        _service.Serve<AcquireScopes, ScopesAcquired>((_, _, ct) => TestService.NeverAsync(_ended, ct), limits);
}
