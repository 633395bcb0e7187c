using PvExec.Exec.Core.Scopes;
using PvExec.Exec.Tests.Engine;
using PvExec.Exec.Tests.Succession;
using PvExec.Kernel;
using V1 = PvExec.Api.V1;

namespace PvExec.Exec.Tests;

public sealed class WatchScopesTests : IAsyncLifetime
{
    private readonly SuccessionFixture _fixture = new();
    private readonly CancellationTokenSource _caller = new();
    private readonly EventChannel<V1.ScopesChanged> _told = new();

    public ValueTask InitializeAsync() => ValueTask.CompletedTask;

    public async ValueTask DisposeAsync()
    {
        await _caller.CancelAsync();
        await _fixture.DisposeAsync();
        _caller.Dispose();
    }

    [Fact]
    public async Task A_run_is_seen_as_it_waits_holds_and_ends()
    {
        _ = Watch();
        V1.ScopesChanged first = await _told.NextAsync();
        Assert.True(first.IsAll);
        Assert.Empty(first.Scopes);
        Task<Contract.ExecResp> call = SuccessionFixture.CallAsync(_fixture.Old, "writes", new TestCallContext(CancellationToken.None));
        FakeProcess process = await _fixture.StartedAsync();

        V1.ScopeUse use = Assert.Single((await _told.NextAsync()).Scopes);
        V1.ScopeUser holder = Assert.Single(use.Holders);
        Assert.Equal(("src", "src", "writes", true, true), (use.Scope, holder.Scope, holder.Reason, holder.Holds, holder.Writes));
        Assert.Equal(process.Spec.Label, holder.Holder);
        Assert.Equal((1u, 0u), (use.HolderCount, use.WaiterCount));

        process.Exit();
        await call.WaitAsync(SuccessionFixture.Patience);
        V1.ScopeUse free = Assert.Single((await _told.NextAsync()).Scopes);
        Assert.Equal(("src", 0, 0), (free.Scope, free.Holders.Count, free.Waiters.Count));
    }

    [Fact]
    public async Task A_reader_that_stands_still_is_told_the_latest_when_it_goes_on()
    {
        _ = Watch();
        await _told.NextAsync();
        var room = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        _told.StopReadingUntil(room.Task);
        for (int i = 0; i < 10_000; i++)
        {
            Write($"s{i % 10}").Release();
        }

        Write("last");
        room.SetResult();

        var told = new List<V1.ScopeUse>();
        while (!told.Any(use => use.Scope == "last"))
        {
            told.AddRange((await _told.NextAsync()).Scopes);
        }

        // What was on its way when it stopped, and each once.
        Assert.InRange(told.Count, 11, 22);
        Assert.All(told.Where(use => use.Scope != "last").TakeLast(10), use => Assert.Equal(0u, use.HolderCount));
    }

    [Fact]
    public async Task Long_names_are_told_in_messages_that_can_be_sent()
    {
        const int Scopes = 600;
        string name = new('x', 4000);
        for (int i = 0; i < Scopes; i++)
        {
            Write($"{i}{name}");
        }

        _ = Watch();
        var all = new List<V1.ScopeUse>();
        V1.ScopesChanged message = await _told.NextAsync();
        Assert.True(message.IsAll);
        while (true)
        {
            Assert.InRange(message.CalculateSize(), 1, 2 * 1024 * 1024);
            all.AddRange(message.Scopes);
            if (!message.GoesOn)
            {
                break;
            }

            message = await _told.NextAsync();
            Assert.False(message.IsAll);
        }

        Assert.Equal(Scopes, all.DistinctBy(use => use.Scope).Count());
    }

    [Fact]
    public async Task One_scope_can_be_asked_for_and_what_is_none_is_refused()
    {
        _ = Watch("src/app/");
        await _told.NextAsync();
        Write("dep");
        Write("src");
        Assert.Equal("src", Assert.Single((await _told.NextAsync()).Scopes).Scope);

        FaultException e = await Assert.ThrowsAsync<FaultException>(() => Watch("../x"));
        Assert.Equal(FaultKind.InvalidArgument, e.Fault.Kind);
        Assert.Contains("'../x'", e.Fault.Detail, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_stop_of_the_system_ends_the_stream_after_the_last_run()
    {
        Task stopped = Watch();
        await _told.NextAsync();
        Task<Contract.ExecResp> call = SuccessionFixture.CallAsync(_fixture.Old, "writes", new TestCallContext(CancellationToken.None));
        FakeProcess process = await _fixture.StartedAsync();
        Assert.Single(Assert.Single((await _told.NextAsync()).Scopes).Holders);
        _fixture.Old.Holds.Stop();
        Task stop = _fixture.Old.Engine.StopAsync(TimeSpan.FromMinutes(5), CancellationToken.None);

        process.Exit();
        Assert.Empty(Assert.Single((await _told.NextAsync()).Scopes).Holders);
        await Task.WhenAll(call, stop).WaitAsync(SuccessionFixture.Patience);
        FaultException e = await Assert.ThrowsAsync<FaultException>(() => stopped.WaitAsync(SuccessionFixture.Patience));
        Assert.Equal(FaultKind.Unavailable, e.Fault.Kind);
        Assert.Equal(0, _fixture.Old.Watches.Count);
    }

    [Fact]
    public async Task A_caller_that_leaves_is_forgotten()
    {
        Task watch = Watch();
        await _told.NextAsync();
        Assert.Equal(1, _fixture.Old.Watches.Count);
        await _caller.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => watch.WaitAsync(SuccessionFixture.Patience));
        Assert.Equal(0, _fixture.Old.Watches.Count);
    }

    private Task Watch(string scope = "") =>
        _fixture.Old.Tasks.WatchScopes(new V1.WatchScopesRequest { Scope = scope }, _told, new TestCallContext(_caller.Token));

    private ScopeTicket Write(string scope) => _fixture.Old.Locks.Request(ScopeSet.From([], [scope]), "other", "a test");
}
