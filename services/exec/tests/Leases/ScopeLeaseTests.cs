using Microsoft.Extensions.Logging.Abstractions;
using PvExec.Bus;
using PvExec.Bus.Calls;
using PvExec.Bus.Transport;
using PvExec.Exec.Core.Scopes;
using PvExec.Exec.Engine;
using PvExec.Exec.Leases;
using PvExec.Kernel;
using PvExec.Proto.Bus.Common;
using PvExec.Proto.Bus.Exec;

namespace PvExec.Exec.Tests.Leases;

/// <summary>Over the real bus.</summary>
public sealed class ScopeLeaseTests : IAsyncDisposable
{
    private static readonly TimeSpan Long = TimeSpan.FromSeconds(20);

    private readonly DirectoryInfo _directory = Directory.CreateTempSubdirectory("lease");
    private readonly DecisionGate _gate = new();
    private readonly ScopeLocks _locks = new(TimeProvider.System);
    private readonly RecordingObserver _observer = new();
    private readonly ScopeLeases _leases;
    private readonly ExecBus _bus;

    public ScopeLeaseTests()
    {
        _leases = Leases(_locks, _gate);
        _bus = new ExecBus(_leases, NullLogger<BusServer>.Instance);
        _bus.Start(Socket);
    }

    private string Socket => Path.Combine(_directory.FullName, "s");

    public async ValueTask DisposeAsync()
    {
        await _bus.DisposeAsync();
        _leases.Dispose();
        _directory.Delete(recursive: true);
    }

    [Fact]
    public async Task A_writer_waits_for_a_leased_reader_until_it_releases()
    {
        await using BusClient client = Client();
        ScopesAcquired lease = (await AcquireAsync(client, ["src"], Long)).Value;
        ScopeTicket writer = Write("src");
        Assert.False(writer.Granted.IsCompleted);
        Assert.Equal(Done.Value, (await ReleaseAsync(client, lease.LeaseId)).Value);
        await writer.Granted.WaitAsync(Long);
    }

    [Fact]
    public async Task A_lease_is_told_when_it_is_granted_and_when_it_ends_and_one_restored_only_when_it_ends()
    {
        await using BusClient client = Client();
        ScopesAcquired lease = (await AcquireAsync(client, ["src"], Long)).Value;
        Assert.Equal(["held by read: reads src"], _observer.Take());
        Assert.True((await ReleaseAsync(client, lease.LeaseId)).Succeeded(out _));
        Assert.Equal(["freed by read: reads src"], _observer.Take());

        _leases.Restore(new HeldLease(7, "test", "read", ScopeSet.From(["src"], [])));
        Assert.Empty(_observer.Take());
        Assert.True((await ReleaseAsync(client, 7)).Succeeded(out _));
        Assert.Equal(["freed by read: reads src"], _observer.Take());
    }

    [Fact]
    public async Task A_wait_longer_than_any_timer_is_taken_and_leaves_no_lock_behind()
    {
        await using BusClient client = Client();
        ScopesAcquired lease = (await AcquireAsync(client, ["src"], TimeSpan.FromDays(100))).Value;
        Assert.True((await ReleaseAsync(client, lease.LeaseId)).Succeeded(out _));
        await Write("src").Granted.WaitAsync(Long);
    }

    [Fact]
    public async Task The_locks_of_a_holder_that_died_are_free_within_a_second()
    {
        ScopeTicket writer;
        await using (BusClient client = Client())
        {
            Assert.True((await AcquireAsync(client, ["src"], Long)).Succeeded(out _));
            writer = Write("src");
        }

        await writer.Granted.WaitAsync(TimeSpan.FromSeconds(1));
    }

    [Fact]
    public async Task A_lease_that_is_not_renewed_ends_after_its_time()
    {
        await using BusClient client = Client();
        ScopesAcquired lease = (await AcquireAsync(client, ["src"], Long)).Value;
        await Write("src").Granted.WaitAsync(Long);
        Outcome<ScopesAcquired> renewed = await client.CallAsync<RenewScopes, ScopesAcquired>(new(lease.LeaseId), Long, WhenDown.Fail, CancellationToken.None);
        Assert.Equal(FaultKind.NotFound, renewed.Fault?.Kind);
    }

    [Fact]
    public async Task A_lease_that_is_renewed_stays()
    {
        await using BusClient client = Client();
        ScopesAcquired lease = (await AcquireAsync(client, ["src"], Long)).Value;
        Assert.Equal(lease, (await client.CallAsync<RenewScopes, ScopesAcquired>(new(lease.LeaseId), Long, WhenDown.Fail, CancellationToken.None)).Value);
        Assert.Equal(1, _leases.Count);
    }

    [Fact]
    public async Task Whoever_does_not_know_a_lease_can_neither_renew_nor_release_it()
    {
        await using BusClient holder = Client();
        await using BusClient other = Client();
        ScopesAcquired lease = (await AcquireAsync(holder, ["src"], Long)).Value;
        Assert.Equal(FaultKind.NotFound, (await ReleaseAsync(other, lease.LeaseId + 1)).Fault?.Kind);
        Assert.Equal(FaultKind.NotFound, (await RenewAsync(other, lease.LeaseId - 1)).Fault?.Kind);
        Assert.Equal(1, _leases.Count);
    }

    [Fact]
    public async Task A_lease_belongs_to_the_connection_that_renewed_it_last()
    {
        await using BusClient second = Client();
        ScopesAcquired lease;
        await using (BusClient first = Client())
        {
            lease = (await AcquireAsync(first, ["src"], Long)).Value;
            Assert.Equal(lease, (await RenewAsync(second, lease.LeaseId)).Value);
        }

        // Answered in order: the server has seen the first connection's end when it takes a later one.
        await using (BusClient third = Client())
        {
            Assert.True((await AcquireAsync(third, ["free"], Long)).Succeeded(out _));
        }

        Assert.Equal(Done.Value, (await ReleaseAsync(second, lease.LeaseId)).Value);
    }

    [Fact]
    public async Task A_holder_goes_on_with_its_lease_at_the_next_instance_and_one_that_waits_keeps_its_place()
    {
        await using BusClient holder = Client();
        ScopesAcquired lease = (await AcquireAsync(holder, ["src"], Long)).Value;
        ScopeTicket before = Write("dep");
        Task<Outcome<ScopesAcquired>> waiting = AcquireAsync(holder, ["dep"], Long);
        Assert.True((await AcquireAsync(holder, ["free"], Long)).Succeeded(out _));

        await _gate.CloseAsync();
        var locks = new ScopeLocks(TimeProvider.System);
        using ScopeLeases leases = Leases(locks, new DecisionGate());
        foreach (HeldLease held in _leases.Held())
        {
            leases.Restore(held);
        }

        ScopeTicket first = locks.Request(ScopeSet.From([], ["dep"]), "test", "write");
        leases.Restore(Assert.Single(_leases.Claims()));
        ScopeTicket behind = locks.Request(ScopeSet.From([], ["dep"]), "test", "write");
        ScopeTicket writer = locks.Request(ScopeSet.From([], ["src"]), "test", "write");
        await _bus.DisposeAsync();
        File.Delete(Socket);
        await using var bus = new ExecBus(leases, NullLogger<BusServer>.Instance);
        bus.Start(Socket);

        Assert.Equal(lease, (await RenewAsync(holder, lease.LeaseId)).Value);
        Assert.False(writer.Granted.IsCompleted);
        first.Release();
        ScopesAcquired acquired = (await waiting.WaitAsync(Long)).Value;
        Assert.False(behind.Granted.IsCompleted);
        Assert.True((await ReleaseAsync(holder, acquired.LeaseId)).Succeeded(out _));
        await behind.Granted.WaitAsync(Long);
        Assert.True((await ReleaseAsync(holder, lease.LeaseId)).Succeeded(out _));
        await writer.Granted.WaitAsync(Long);
        before.Release();
    }

    [Fact]
    public async Task A_lease_that_nobody_comes_back_for_ends_after_its_time()
    {
        _leases.Restore(new HeldLease(7, "gone", "test", ScopeSet.From([], ["src"])));
        _leases.Restore(new LeaseClaim(1, "gone", "test", ScopeSet.From([], ["src"])));
        await Write("src").Granted.WaitAsync(Long);
    }

    [Fact]
    public async Task A_request_that_waits_too_long_fails_and_leaves_the_queue()
    {
        await using BusClient client = Client();
        ScopeTicket writer = Write("src");
        Outcome<ScopesAcquired> late = await AcquireAsync(client, ["src"], TimeSpan.FromMilliseconds(50));
        Assert.Equal(FaultKind.DeadlineExceeded, late.Fault?.Kind);
        Assert.Equal(0, _locks.Waiting);
        writer.Release();
        Assert.Empty(_locks.Snapshot());
    }

    [Fact]
    public async Task A_text_that_names_no_scope_is_refused()
    {
        await using BusClient client = Client();
        Outcome<ScopesAcquired> refused = await AcquireAsync(client, ["src", "../x"], Long);
        Assert.Equal(FaultKind.InvalidArgument, refused.Fault?.Kind);
        Assert.Contains("'../x'", refused.Fault!.Detail, StringComparison.Ordinal);
        Assert.Equal(0, _locks.Queues);
    }

    [Fact]
    public async Task A_lease_on_a_scope_keeps_writers_of_what_lies_in_it_out()
    {
        await using BusClient client = Client();
        ScopesAcquired lease = (await AcquireAsync(client, ["src"], Long)).Value;
        ScopeTicket writer = Write("src/app");
        Assert.False(writer.IsHeld);
        Assert.True((await ReleaseAsync(client, lease.LeaseId)).Succeeded(out _));
        await writer.Granted.WaitAsync(Long);
    }

    [Fact]
    public async Task A_requester_that_dies_while_it_waits_leaves_the_queue()
    {
        ScopeTicket first = Write("src");
        await using (BusClient client = Client())
        {
            // Answered in order: once this one is, the one before it is in the queue.
            Task<Outcome<ScopesAcquired>> never = AcquireAsync(client, ["src"], TimeSpan.FromHours(1));
            Assert.True((await AcquireAsync(client, ["free"], Long)).Succeeded(out _));
            Assert.Equal(1, _locks.Waiting);
        }

        ScopeTicket second = Write("src");
        first.Release();
        await second.Granted.WaitAsync(Long);
    }

    [Fact]
    public async Task A_requester_that_gives_up_as_its_locks_are_granted_leaves_no_lock_behind()
    {
        await using BusClient client = Client();
        for (int i = 0; i < 200; i++)
        {
            ScopeTicket writer = Write("src");
            using var giveUp = new CancellationTokenSource();
            Task<Outcome<ScopesAcquired>> call = client.CallAsync<AcquireScopes, ScopesAcquired>(
                new AcquireScopes(["src"], [], "test", "read", TimeSpan.FromHours(1)), TimeSpan.FromHours(1), WhenDown.Wait, giveUp.Token);

            // Now one, now the other comes first.
            await Task.WhenAll(Task.Run(writer.Release), Task.Run(giveUp.Cancel));
            try
            {
                Assert.True((await ReleaseAsync(client, (await call).Value.LeaseId)).Succeeded(out _));
            }
            catch (OperationCanceledException)
            {
                continue;
            }
        }

        // Well before a lease of three seconds would end by itself.
        await Write("src").Granted.WaitAsync(TimeSpan.FromSeconds(2));
        Assert.Equal(0, _leases.Count);
    }

    [Fact]
    public void The_table_in_docs_bus_md_names_exactly_what_exec_answers()
    {
        DirectoryInfo at = new(AppContext.BaseDirectory);
        while (!File.Exists(Path.Combine(at.FullName, "docs", "bus.md")))
        {
            at = at.Parent ?? throw new FileNotFoundException("docs/bus.md is in no folder above the tests");
        }

        IEnumerable<string> listed = File.ReadLines(Path.Combine(at.FullName, "docs", "bus.md"))
            .Select(line => line.Split('|', StringSplitOptions.TrimEntries))
            .Where(cells => cells is ["", _, "exec", ..])
            .Select(cells => cells[1].Trim('`'));
        Assert.Equal(_bus.Kinds.Order(StringComparer.Ordinal), listed.Order(StringComparer.Ordinal));
    }

    private ScopeTicket Write(string scope) => _locks.Request(ScopeSet.From([], [scope]), "test", "write");

    private BusClient Client() => new("exec", Socket, BusLimits.Default, UnixTransportOptions.Default, NullLogger<BusClient>.Instance);

    private static Task<Outcome<ScopesAcquired>> AcquireAsync(BusClient client, string[] scopes, TimeSpan wait) =>
        client.CallAsync<AcquireScopes, ScopesAcquired>(new AcquireScopes(scopes, [], "test", "read", wait), Long, WhenDown.Wait, CancellationToken.None);

    private ScopeLeases Leases(ScopeLocks locks, DecisionGate gate) =>
        new(new LockOrder(locks), gate, TimeProvider.System, _observer, NullLogger<ScopeLeases>.Instance) { TimeToLive = TimeSpan.FromSeconds(3) };

    private static Task<Outcome<ScopesAcquired>> RenewAsync(BusClient client, ulong id) =>
        client.CallAsync<RenewScopes, ScopesAcquired>(new(id), Long, WhenDown.Wait, CancellationToken.None);

    private static Task<Outcome<Done>> ReleaseAsync(BusClient client, ulong id) =>
        client.CallAsync<ReleaseScopes, Done>(new ReleaseScopes(id), Long, WhenDown.Wait, CancellationToken.None);
}
