using Microsoft.Extensions.Logging.Abstractions;
using PvExec.Bus;
using PvExec.Bus.Calls;
using PvExec.Bus.Transport;
using PvExec.Kernel;
using PvExec.Proto.Bus.Common;
using PvExec.Proto.Bus.Processes;
using PvExec.Testing;
using PvExec.Worktrees.Adapters;

namespace PvExec.Worktrees.Tests.Adapters;

/// <summary>The freeze of a capture against a server on a real socket.</summary>
public sealed class BusCaptureFreezeTests : IAsyncDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(20);

    private readonly TemporaryDirectory _directory = new();
    private readonly ManualClock _clock = new();
    private readonly TaskCompletionSource<BusPeer> _asker = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly TaskCompletionSource<RenewFreeze> _renewed = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly TaskCompletionSource<ulong> _thawed = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly BusServer _process = new("process", BusLimits.Default, UnixTransportOptions.Default, NullLogger<BusServer>.Instance);

    public BusCaptureFreezeTests()
    {
        _process.Handle<FreezeProcesses, ProcessesFrozen>((_, call, _) =>
        {
            _asker.TrySetResult(call.Peer);
            return Task.FromResult<Outcome<ProcessesFrozen>>(new ProcessesFrozen(7, ["web"]));
        });
        _process.Handle<RenewFreeze, Done>((renew, _, _) =>
        {
            _renewed.TrySetResult(renew);
            return Task.FromResult<Outcome<Done>>(Done.Value);
        });
        _process.Handle<ThawProcesses, Done>((thaw, _, _) =>
        {
            _thawed.TrySetResult(thaw.FreezeId);
            return Task.FromResult<Outcome<Done>>(Done.Value);
        });
        _process.Start(_directory.At("process.sock"));
    }

    public async ValueTask DisposeAsync()
    {
        await _process.DisposeAsync();
        _directory.Dispose();
    }

    [Fact]
    public async Task A_freeze_is_renewed_while_the_capture_lasts_and_thawed_at_its_end()
    {
        await using BusCaptureFreeze freeze = Freeze();
        IAsyncDisposable held = await freeze.FreezeAsync(CancellationToken.None);

        _clock.Advance(TimeSpan.FromSeconds(4));

        RenewFreeze renewed = await _renewed.Task.WaitAsync(Patience);
        Assert.Equal((7UL, TimeSpan.FromSeconds(10)), (renewed.FreezeId, renewed.TimeLimit));
        Assert.False(_thawed.Task.IsCompleted);
        await held.DisposeAsync();
        Assert.Equal(7UL, await _thawed.Task.WaitAsync(Patience));
    }

    [Fact]
    public async Task The_connection_ends_with_the_service()
    {
        BusCaptureFreeze freeze = Freeze();
        await using (await freeze.FreezeAsync(CancellationToken.None))
        {
        }

        await freeze.DisposeAsync();

        var gone = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        await using CancellationTokenRegistration told = (await _asker.Task).Gone.Register(gone.SetResult);
        await gone.Task.WaitAsync(Patience);
    }

    private BusCaptureFreeze Freeze() => new(
        new BusClient("process", _directory.At("process.sock"), BusLimits.Default, UnixTransportOptions.Default, NullLogger<BusClient>.Instance),
        new FakeInit(), _clock, NullLogger<BusCaptureFreeze>.Instance);
}
