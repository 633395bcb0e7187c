using Microsoft.Extensions.Logging.Abstractions;
using PvExec.Bus;
using PvExec.Bus.Calls;
using PvExec.Bus.Transport;
using PvExec.Kernel;
using PvExec.Proto.Bus.Common;
using PvExec.Proto.Bus.Exec;
using PvExec.Testing;
using PvExec.Worktrees.Adapters;

namespace PvExec.Worktrees.Tests.Adapters;

/// <summary>The save lock against a real server on a real socket.</summary>
public sealed class BusSaveLockTests : IAsyncDisposable
{
    private static readonly TimeSpan Long = TimeSpan.FromSeconds(20);

    private readonly TemporaryDirectory _directory = new();
    private readonly FakeInit _init = new();
    private readonly BusClient _client;
    private readonly List<AcquireScopes> _asked = [];
    private readonly List<ulong> _released = [];
    private readonly TaskCompletionSource _renewed = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly TaskCompletionSource _waiting = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public BusSaveLockTests() =>
        _client = new BusClient("exec", Socket, BusLimits.Default, UnixTransportOptions.Default, NullLogger<BusClient>.Instance);

    private string Socket => _directory.At("exec.sock");

    public async ValueTask DisposeAsync()
    {
        await _client.DisposeAsync();
        _directory.Dispose();
    }

    private BusSaveLock Lock(TimeSpan? waitLimit = null) =>
        new(_client, _init, TimeProvider.System, NullLogger<BusSaveLock>.Instance) { Scopes = ["src", "dep"], WaitLimit = waitLimit ?? Long };

    private BusServer Exec(Outcome<ScopesAcquired>? answer, bool knows = true)
    {
        File.Delete(Socket);
        var server = new BusServer("exec", BusLimits.Default, UnixTransportOptions.Default, NullLogger<BusServer>.Instance);
        server.Handle<AcquireScopes, ScopesAcquired>(async (request, _, cancellationToken) =>
        {
            _asked.Add(request);
            if (answer is null)
            {
                _waiting.TrySetResult();
                await new TaskCompletionSource().Task.WaitAsync(cancellationToken);
            }

            return answer!.Value;
        });
        server.Handle<RenewScopes, ScopesAcquired>((request, _, _) =>
        {
            _renewed.TrySetResult();
            return Task.FromResult<Outcome<ScopesAcquired>>(new ScopesAcquired(request.LeaseId, Long));
        });
        server.Handle<ReleaseScopes, Done>((request, _, _) =>
        {
            _released.Add(request.LeaseId);
            return Task.FromResult<Outcome<Done>>(knows ? Done.Value : new Fault(FaultKind.NotFound, "there is no such lease"));
        });
        server.Start(Socket);
        return server;
    }

    [Fact]
    public async Task Granted_renewed_and_released()
    {
        await using BusServer exec = Exec(new ScopesAcquired(7, TimeSpan.FromMilliseconds(30)));
        IHeldLock held = (await Lock().AcquireAsync("a save", CancellationToken.None)).Value;
        await _renewed.Task.WaitAsync(Long);

        Assert.True(await held.ReleaseAsync());
        await held.DisposeAsync();

        Assert.Equal([7UL], _released);
        AcquireScopes asked = Assert.Single(_asked);
        Assert.Equal(["src", "dep"], asked.Inputs);
        Assert.Empty(asked.Outputs);
        Assert.Equal(("pv-worktree", "a save", Long), (asked.Holder, asked.Reason, asked.WaitLimit));
    }

    [Fact]
    public async Task Denied_as_exec_says()
    {
        var denied = new Fault(FaultKind.DeadlineExceeded, "tasks held the scopes all the time");
        await using BusServer exec = Exec(denied);
        Assert.Equal(denied, (await Lock().AcquireAsync("a save", CancellationToken.None)).Fault);
    }

    [Fact]
    public async Task A_release_that_exec_does_not_know_was_not_held()
    {
        await using BusServer exec = Exec(new ScopesAcquired(7, Long), knows: false);
        await using IHeldLock held = (await Lock().AcquireAsync("a save", CancellationToken.None)).Value;
        Assert.False(await held.ReleaseAsync());
    }

    [Fact]
    public async Task Exec_that_is_away_is_waited_for()
    {
        Task<Outcome<IHeldLock>> acquiring = Lock().AcquireAsync("a save", CancellationToken.None).AsTask();
        await using BusServer exec = Exec(new ScopesAcquired(7, Long));
        await using IHeldLock held = (await acquiring.WaitAsync(Long)).Value;
        Assert.True(await held.ReleaseAsync());
    }

    [Fact]
    public async Task Exec_that_dies_while_the_lock_is_held_makes_it_lost()
    {
        BusServer exec = Exec(new ScopesAcquired(7, Long));
        await using IHeldLock held = (await Lock().AcquireAsync("a save", CancellationToken.None)).Value;
        await exec.DisposeAsync();

        Assert.False(await held.ReleaseAsync().AsTask().WaitAsync(Long));

        await using BusServer next = Exec(new ScopesAcquired(8, Long));
        await using IHeldLock again = (await Lock().AcquireAsync("a save", CancellationToken.None)).Value;
        Assert.True(await again.ReleaseAsync());
        Assert.Equal([8UL], _released);
    }

    [Fact]
    public async Task The_stop_of_the_whole_system_ends_the_waiting()
    {
        await using BusServer exec = Exec(null);
        Task<Outcome<IHeldLock>> acquiring = Lock().AcquireAsync("a save", CancellationToken.None).AsTask();
        await _waiting.Task.WaitAsync(Long);

        _init.RequestStop(Long);

        Assert.True(await (await acquiring.WaitAsync(Long)).Value.ReleaseAsync());
        Assert.True(await (await Lock().AcquireAsync("a save", CancellationToken.None)).Value.ReleaseAsync());
        Assert.Single(_asked);
    }
}
