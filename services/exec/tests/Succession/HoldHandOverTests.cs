using Google.Protobuf.WellKnownTypes;
using PvExec.Exec.Core.Scopes;
using PvExec.Exec.Tests.Engine;
using PvExec.Kernel;
using PvExec.Testing;
using V1 = PvExec.Api.V1;

namespace PvExec.Exec.Tests.Succession;

public sealed class HoldHandOverTests : IAsyncLifetime
{
    private readonly SuccessionFixture _fixture = new();
    private readonly CancellationTokenSource _caller = new();
    private readonly EventChannel<V1.HoldScopesEvent> _events = new();

    public ValueTask InitializeAsync() => ValueTask.CompletedTask;

    public async ValueTask DisposeAsync()
    {
        await _fixture.DisposeAsync();
        _caller.Dispose();
    }

    [Fact]
    public async Task A_hold_is_not_lost_for_a_moment_and_its_caller_is_told_nothing()
    {
        Task stream = Hold(Request("src"));
        Assert.NotNull((await _events.NextAsync(stream)).Held);
        Task<Contract.ExecResp> task = SuccessionFixture.CallAsync(_fixture.Old, "writes", new TestCallContext(CancellationToken.None));
        await _fixture.HandOverAsync();
        await BoundAsync();

        ScopeTicket late = _fixture.New.Locks.Request(ScopeSet.From(["src"], []), "late", "test");
        Assert.Equal(0, _fixture.Started.Count);
        Assert.True(_events.IsEmpty);
        await EndAsync(stream);

        (await _fixture.StartedAsync()).Exit();
        await task.WaitAsync(SuccessionFixture.Patience);
        await late.Granted.WaitAsync(SuccessionFixture.Patience);
        Assert.Equal(["held by a look around: writes src"], _fixture.Old.Observer.Take());
        Assert.Equal("freed by a look around: writes src", _fixture.New.Observer.Take()[0]);
    }

    [Fact]
    public async Task One_that_waits_keeps_its_place_and_gets_its_scopes_from_the_next_instance()
    {
        Task<Contract.ExecResp> first = SuccessionFixture.CallAsync(_fixture.Old, "writes", new TestCallContext(CancellationToken.None));
        FakeProcess writer = await _fixture.StartedAsync();
        Task stream = Hold(Request("src"));
        Assert.NotNull((await _events.NextAsync(stream)).Queued);
        Task<Contract.ExecResp> behind = SuccessionFixture.CallAsync(_fixture.Old, "writes", new TestCallContext(CancellationToken.None));
        await _fixture.HandOverAsync();
        Assert.NotNull((await _events.NextAsync(stream)).Queued);

        writer.Exit();
        await first.WaitAsync(SuccessionFixture.Patience);
        Assert.NotNull((await _events.NextAsync(stream)).Held);
        Assert.Equal(0, _fixture.Started.Count);
        await EndAsync(stream);
        (await _fixture.StartedAsync()).Exit();
        await behind.WaitAsync(SuccessionFixture.Patience);
    }

    [Fact]
    public async Task The_hold_of_a_caller_that_does_not_read_goes_to_the_next_instance_and_it_is_told_once()
    {
        var reads = new TaskCompletionSource();
        _events.StopReadingUntil(reads.Task);
        Task stream = Hold(Request("src"));
        await _fixture.HandOverAsync();
        await BoundAsync();
        Assert.False(_fixture.New.Locks.Request(ScopeSet.From([], ["src"]), "late", "test").IsHeld);

        reads.SetResult();
        Assert.NotNull((await _events.NextAsync(stream)).Held);
        Assert.True(_events.IsEmpty);
        await EndAsync(stream);
    }

    [Fact]
    public async Task A_hold_whose_time_is_over_at_the_next_instance_ends_as_it_would_have_here()
    {
        Task<Contract.ExecResp> first = SuccessionFixture.CallAsync(_fixture.Old, "writes", new TestCallContext(CancellationToken.None));
        FakeProcess writer = await _fixture.StartedAsync();
        V1.HoldScopesRequest request = Request("src");
        request.HoldLimit = Duration.FromTimeSpan(TimeSpan.FromMinutes(2));
        Task stream = Hold(request);
        Assert.NotNull((await _events.NextAsync(stream)).Queued);
        await _fixture.HandOverAsync();
        writer.Exit();
        await first.WaitAsync(SuccessionFixture.Patience);
        while ((await _events.NextAsync(stream)).Held is null)
        {
            // It may be told again that it waits.
        }

        ManualClock clock = _fixture.New.Clock;
        while (clock.TimersAt(clock.GetUtcNow() + TimeSpan.FromMinutes(2)) == 0)
        {
            await Task.Yield();
        }

        clock.Advance(TimeSpan.FromMinutes(2));

        Grpc.Core.RpcException e = await Assert.ThrowsAsync<Grpc.Core.RpcException>(() => stream.WaitAsync(SuccessionFixture.Patience));
        Assert.Equal(Grpc.Core.StatusCode.DeadlineExceeded, e.StatusCode);
        Assert.Contains("as asked", e.Status.Detail, StringComparison.Ordinal);
        Assert.Empty(_fixture.New.Locks.Snapshot());
    }

    [Fact]
    public async Task A_caller_that_leaves_while_nobody_decides_frees_its_scopes_at_the_next_instance()
    {
        Task stream = Hold(Request("src"));
        await _events.NextAsync(stream);
        await _fixture.HandOverAsync(_caller.Cancel);
        ScopeTicket next = _fixture.New.Locks.Request(ScopeSet.From([], ["src"]), "next", "test");

        // Well before the time that a hold is kept for: the clock stands still.
        await next.Granted.WaitAsync(SuccessionFixture.Patience);
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => stream.WaitAsync(SuccessionFixture.Patience));
        Assert.Equal(0, _fixture.New.Holds.Count);
    }

    [Fact]
    public async Task A_hold_whose_stream_does_not_come_is_kept_for_some_seconds()
    {
        Task stream = Hold(Request("src"));
        await _events.NextAsync(stream);
        ReadOnlyMemory<byte> table = await _fixture.Old.HandOverAsync();

        // As after a kill of the instance before: it is told of nothing.
        _fixture.New.Restore(table);
        ScopeTicket next = _fixture.New.Locks.Request(ScopeSet.From([], ["src"]), "next", "test");
        _fixture.New.Clock.Advance(TimeSpan.FromSeconds(4));
        Assert.False(next.IsHeld);
        _fixture.New.Clock.Advance(TimeSpan.FromSeconds(1));
        Assert.True(next.IsHeld);
    }

    [Fact]
    public async Task The_end_of_the_next_instance_is_the_end_of_the_hold()
    {
        Task stream = Hold(Request("src"));
        await _events.NextAsync(stream);
        await _fixture.HandOverAsync();
        await BoundAsync();
        await _fixture.New.StopServingAsync();

        FaultException e = await Assert.ThrowsAsync<FaultException>(() => stream.WaitAsync(SuccessionFixture.Patience));
        Assert.Equal(FaultKind.Unavailable, e.Fault.Kind);
    }

    [Fact]
    public async Task One_that_watches_goes_on_at_the_next_instance_with_all_that_is_in_use_there()
    {
        Task stream = Hold(Request("src"));
        await _events.NextAsync(stream);
        var told = new EventChannel<V1.ScopesChanged>();
        Task watch = _fixture.Old.Tasks.WatchScopes(new V1.WatchScopesRequest(), told, new TestCallContext(_caller.Token));
        Assert.True((await told.NextAsync()).IsAll);

        await _fixture.HandOverAsync();
        V1.ScopesChanged again = await told.NextAsync();
        Assert.True(again.IsAll);
        Assert.Equal("me", Assert.Single(Assert.Single(again.Scopes).Holders).Holder);

        _fixture.New.Locks.Request(ScopeSet.From([], ["dep"]), "other", "test");
        Assert.Equal("dep", Assert.Single((await told.NextAsync()).Scopes).Scope);
        await EndAsync(stream);
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => watch.WaitAsync(SuccessionFixture.Patience));
    }

    private static V1.HoldScopesRequest Request(string writes) => new() { OutputScopes = { writes }, Holder = "me", Reason = "a look around" };

    private Task Hold(V1.HoldScopesRequest request) => _fixture.Old.Tasks.HoldScopes(request, _events, new TestCallContext(_caller.Token));

    /// <summary>The stream has come to the next instance.</summary>
    private async Task BoundAsync()
    {
        while (_fixture.New.Holds.Unclaimed > 0)
        {
            await Task.Yield();
        }
    }

    private async Task EndAsync(Task stream)
    {
        await _caller.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => stream.WaitAsync(SuccessionFixture.Patience));
    }
}
