using System.Collections.Concurrent;
using PvExec.Bus.Calls;
using PvExec.Bus.Tests.Support;
using PvExec.Kernel;
using PvExec.Proto.Bus;
using PvExec.Proto.Bus.Common;
using PvExec.Proto.Bus.Exec;

namespace PvExec.Bus.Tests.Calls;

/// <summary>What an answer hands over belongs to the caller or is taken back; nothing is left between the two.</summary>
public sealed class GivingUpTests : IDisposable
{
    private readonly TestService _service = new();
    private readonly TaskCompletionSource _entered = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly TaskCompletionSource _grant = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly TaskCompletionSource _undone = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public void Dispose() => _service.Dispose();

    [Fact]
    public async Task What_was_handed_over_is_taken_back_when_the_caller_gives_up_after_the_answer_was_sent()
    {
        await using BusServer server = _service.Serve((renew, call, _) =>
        {
            call.OnGivenUp(_undone.SetResult);
            return TestService.Answer(renew.LeaseId);
        });
        using PythonPeer peer = await _service.PeerAsync();
        await peer.SendBytesAsync(BusCodec.Encode(new RenewScopes(1), 7, null, null));
        Assert.Equal(7UL, BusCodec.Decode((await peer.ReceiveBytesAsync())[0]).Value.Correlation);
        Assert.False(_undone.Task.IsCompleted);
        await peer.SendBytesAsync(BusCodec.Encode(CancelCall.Value, 8, null, null));
        await peer.SendBytesAsync(BusCodec.Encode(CancelCall.Value, 7, null, null));
        await _undone.Task.WaitAsync(TestService.Long);

        // At most once: a second SetResult would throw, and be logged before the next call is answered.
        await peer.SendBytesAsync(BusCodec.Encode(CancelCall.Value, 7, null, null));
        await peer.SendBytesAsync(BusCodec.Encode(new RenewScopes(1), 9, null, null));
        Assert.Equal(9UL, BusCodec.Decode((await peer.ReceiveBytesAsync())[0]).Value.Correlation);
        Assert.Empty(_service.Log.Lines);
    }

    [Fact]
    public async Task What_was_handed_over_is_taken_back_when_the_handler_ends_well_though_the_caller_gave_up()
    {
        await using BusServer server = _service.Serve(GrantLaterAsync);
        await using BusClient client = _service.Client();
        using var giveUp = new CancellationTokenSource();
        Task<Outcome<ScopesAcquired>> call = CallAsync(client, 1, giveUp.Token);
        await _entered.Task.WaitAsync(TestService.Long);
        await giveUp.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => call);
        await _undone.Task.WaitAsync(TestService.Long);
    }

    [Fact]
    public async Task What_was_handed_over_is_taken_back_when_the_caller_is_gone_before_it_is_answered()
    {
        await using BusServer server = _service.Serve(GrantLaterAsync);
        using PythonPeer peer = await _service.PeerAsync();
        await peer.SendBytesAsync(BusCodec.Encode(new RenewScopes(1), 7, null, null));
        await _entered.Task.WaitAsync(TestService.Long);
        peer.Kill();
        await _undone.Task.WaitAsync(TestService.Long);
    }

    [Fact]
    public async Task However_the_two_race_every_grant_is_either_taken_or_undone()
    {
        var held = new ConcurrentDictionary<ulong, bool>();
        await using BusServer server = _service.Serve(async (renew, call, _) =>
        {
            await Task.Yield();
            held[renew.LeaseId] = true;
            call.OnGivenUp(() => held.TryRemove(renew.LeaseId, out bool _));
            return new ScopesAcquired(renew.LeaseId, default);
        });
        await using BusClient client = _service.Client();
        var random = new Random(1);
        (int taken, int givenUp) = (0, 0);
        for (ulong i = 0; i < 2000; i++)
        {
            using var giveUp = new CancellationTokenSource();
            Task<Outcome<ScopesAcquired>> call = CallAsync(client, i, giveUp.Token);
            Thread.SpinWait(random.Next(20_000));
            await giveUp.CancelAsync();
            try
            {
                ulong id = (await call).Value.LeaseId;
                Assert.True(held.TryRemove(id, out bool _), $"{id} was taken and undone");
                taken++;
            }
            catch (OperationCanceledException)
            {
                givenUp++;
            }
        }

        // Answered after everything that was sent before it, and every handler of those has long been entered.
        await CallAsync(client, ulong.MaxValue, CancellationToken.None);
        held.TryRemove(ulong.MaxValue, out bool _);
        using var late = new CancellationTokenSource(TestService.Long);
        while (!held.IsEmpty)
        {
            Assert.False(late.IsCancellationRequested, $"{held.Count} of {givenUp} that were given up, beside {taken} taken, are held by nobody");
            await Task.Yield();
        }
    }

    /// <summary>Hands over once the token ends, as a handler does that was told too late.</summary>
    private async Task<Outcome<ScopesAcquired>> GrantLaterAsync(RenewScopes renew, BusCall call, CancellationToken cancellationToken)
    {
        await using CancellationTokenRegistration told = cancellationToken.Register(() => _grant.TrySetResult());
        _entered.TrySetResult();
        await _grant.Task;
        call.OnGivenUp(() => _undone.TrySetResult());
        return new ScopesAcquired(renew.LeaseId, default);
    }

    private static Task<Outcome<ScopesAcquired>> CallAsync(BusClient client, ulong id, CancellationToken cancellationToken) =>
        TestService.RenewAsync(client, id, timeLimit: TimeSpan.FromHours(1), cancellationToken: cancellationToken);
}
