using Google.Protobuf.WellKnownTypes;
using PvExec.Exec.Core.Scopes;
using PvExec.Exec.Tests.Succession;
using PvExec.Kernel;
using V1 = PvExec.Api.V1;

namespace PvExec.Exec.Tests.Holds;

public sealed class HoldScopesTests : IAsyncLifetime
{
    private readonly SuccessionFixture _fixture = new();
    private readonly CancellationTokenSource _caller = new();
    private readonly EventChannel<V1.HoldScopesEvent> _events = new();

    private Instance Service => _fixture.Old;

    public ValueTask InitializeAsync() => ValueTask.CompletedTask;

    public async ValueTask DisposeAsync()
    {
        await _fixture.DisposeAsync();
        _caller.Dispose();
    }

    [Fact]
    public async Task Scopes_are_held_until_the_stream_ends_and_events_say_so()
    {
        Task stream = Hold(Request("src"));
        Assert.Equal(Service.Clock.GetUtcNow(), (await _events.NextAsync()).Held.Since.ToDateTimeOffset());
        ScopeTicket next = Write("src");
        Assert.False(next.IsHeld);

        await _caller.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => stream.WaitAsync(SuccessionFixture.Patience));

        Assert.True(next.IsHeld);
        Assert.Equal(0, Service.Holds.Count);
        Assert.Equal(["held by a look around: writes src", "freed by a look around: writes src"], Service.Observer.Take());
    }

    [Fact]
    public async Task One_that_waits_is_told_for_whom_again_when_that_changes_and_when_it_holds()
    {
        ScopeTicket first = _fixture.Old.Locks.Request(ScopeSet.From(["src"], []), "one", "reads");
        ScopeTicket second = _fixture.Old.Locks.Request(ScopeSet.From(["src"], []), "two", "reads too");
        Task stream = Hold(Request("src"));
        V1.Queued queued = (await _events.NextAsync()).Queued;
        Assert.Equal([("src", "one", "reads", true, false), ("src", "two", "reads too", true, false)], queued.WaitsFor.Select(Describe));

        first.Release();
        await MoveClockAsync(TimeSpan.FromSeconds(1));
        Assert.Equal(["two"], (await _events.NextAsync()).Queued.WaitsFor.Select(user => user.Holder));
        await MoveClockAsync(TimeSpan.FromSeconds(1));

        second.Release();
        Assert.NotNull((await _events.NextAsync()).Held);
        Assert.True(_events.IsEmpty);
        await EndAsync(stream);
    }

    [Fact]
    public async Task One_that_waits_too_long_is_told_who_has_its_scopes()
    {
        Write("src");
        V1.HoldScopesRequest request = Request("src");
        request.WaitLimit = Duration.FromTimeSpan(TimeSpan.FromSeconds(0.5));
        Task stream = Hold(request);
        await _events.NextAsync();
        await MoveClockAsync(TimeSpan.FromSeconds(0.5));

        FaultException e = await Assert.ThrowsAsync<FaultException>(() => stream.WaitAsync(SuccessionFixture.Patience));
        Assert.Equal(FaultKind.DeadlineExceeded, e.Fault.Kind);
        Assert.Contains("'me' did not get its scopes (writes src) within 00:00:00.5", e.Fault.Detail, StringComparison.Ordinal);
        Assert.Contains("src is held by 'other' (a test)", e.Fault.Detail, StringComparison.Ordinal);
        Assert.Equal(0, Service.Locks.Waiting);
        Assert.Empty(Service.Observer.Take());
    }

    [Fact]
    public async Task With_no_time_to_wait_it_gets_its_scopes_at_once_or_not_at_all()
    {
        Write("src");
        V1.HoldScopesRequest request = Request("src");
        request.WaitLimit = new Duration();
        FaultException e = await Assert.ThrowsAsync<FaultException>(() => Hold(request));
        Assert.Equal(FaultKind.DeadlineExceeded, e.Fault.Kind);

        V1.HoldScopesRequest free = Request("dep");
        free.WaitLimit = new Duration();
        Task stream = Hold(free);
        Assert.NotNull((await _events.NextAsync()).Held);
        await EndAsync(stream);
    }

    [Fact]
    public async Task What_was_held_as_long_as_asked_is_free_and_the_stream_says_why()
    {
        V1.HoldScopesRequest request = Request("src");
        request.HoldLimit = Duration.FromTimeSpan(TimeSpan.FromMinutes(2));
        Task stream = Hold(request);
        await _events.NextAsync();
        ScopeTicket next = Write("src");
        await MoveClockAsync(TimeSpan.FromMinutes(1));
        Assert.False(next.IsHeld);
        await MoveClockAsync(TimeSpan.FromMinutes(1));

        FaultException e = await Assert.ThrowsAsync<FaultException>(() => stream.WaitAsync(SuccessionFixture.Patience));
        Assert.Equal(FaultKind.DeadlineExceeded, e.Fault.Kind);
        Assert.Contains("for 00:02:00, as asked", e.Fault.Detail, StringComparison.Ordinal);
        Assert.True(next.IsHeld);
    }

    [Fact]
    public async Task A_caller_that_does_not_read_waits_no_longer_than_it_asked()
    {
        ScopeTicket first = Write("src");
        _events.StopReadingUntil(new TaskCompletionSource().Task);
        V1.HoldScopesRequest request = Request("src");
        request.WaitLimit = Duration.FromTimeSpan(TimeSpan.FromSeconds(0.5));
        Task stream = Hold(request);
        await MoveClockAsync(TimeSpan.FromSeconds(0.5));

        FaultException e = await Assert.ThrowsAsync<FaultException>(() => stream.WaitAsync(SuccessionFixture.Patience));
        Assert.Equal(FaultKind.DeadlineExceeded, e.Fault.Kind);
        first.Release();
        Assert.True(Write("src").IsHeld);
    }

    [Fact]
    public async Task A_caller_that_does_not_read_holds_no_longer_than_it_asked()
    {
        _events.StopReadingUntil(new TaskCompletionSource().Task);
        V1.HoldScopesRequest request = Request("src");
        request.HoldLimit = Duration.FromTimeSpan(TimeSpan.FromMinutes(2));
        Task stream = Hold(request);
        ScopeTicket next = Write("src");
        Assert.False(next.IsHeld);
        await MoveClockAsync(TimeSpan.FromMinutes(2));

        FaultException e = await Assert.ThrowsAsync<FaultException>(() => stream.WaitAsync(SuccessionFixture.Patience));
        Assert.Equal(FaultKind.DeadlineExceeded, e.Fault.Kind);
        Assert.True(next.IsHeld);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_stop_of_the_system_ends_the_stream_of_a_caller_that_does_not_read(bool waits)
    {
        ScopeTicket? other = waits ? Write("src") : null;
        _events.StopReadingUntil(new TaskCompletionSource().Task);
        Task stream = Hold(Request("src"));
        Service.Holds.Stop();

        FaultException e = await Assert.ThrowsAsync<FaultException>(() => stream.WaitAsync(SuccessionFixture.Patience));
        Assert.Equal(FaultKind.Unavailable, e.Fault.Kind);
        other?.Release();
        Assert.Empty(Service.Locks.Snapshot());
    }

    [Fact]
    public async Task One_that_did_not_read_while_it_waited_is_told_that_it_holds()
    {
        ScopeTicket first = Write("src");
        var reads = new TaskCompletionSource();
        _events.StopReadingUntil(reads.Task);
        Task stream = Hold(Request("src"));
        first.Release();
        reads.SetResult();

        Assert.NotNull((await _events.NextAsync(stream)).Queued);
        Assert.NotNull((await _events.NextAsync(stream)).Held);
        await EndAsync(stream);
    }

    [Fact]
    public async Task Of_many_that_ask_at_once_no_more_are_let_in_than_there_may_be()
    {
        using var together = new Barrier(8);
        int[] letIn = await Task.WhenAll(Enumerable.Range(0, 8).Select(thread => Task.Factory.StartNew(
            () =>
            {
                together.SignalAndWait();
                return Enumerable.Range(0, 200).Count(i => Service.Holds.Ask(ScopeSet.From([], [$"s{thread}-{i}"]), "me", "a test").Succeeded(out _));
            },
            CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default)));

        Assert.Equal((1000, 1000), (letIn.Sum(), Service.Holds.Count));
    }

    [Fact]
    public async Task A_caller_that_leaves_while_it_waits_leaves_the_queues()
    {
        ScopeTicket first = Write("src");
        Task stream = Hold(Request("src"));
        await _events.NextAsync();
        ScopeTicket behind = Write("src");
        await EndAsync(stream);
        first.Release();
        Assert.True(behind.IsHeld);
    }

    [Fact]
    public async Task More_streams_than_there_may_be_are_refused()
    {
        Task[] streams = [.. Enumerable.Range(0, 1000).Select(i => Hold(Request($"s{i}")))];
        FaultException e = await Assert.ThrowsAsync<FaultException>(() => Hold(Request("more")));
        Assert.Equal(FaultKind.ResourceExhausted, e.Fault.Kind);
        Assert.Contains("1000 streams", e.Fault.Detail, StringComparison.Ordinal);
        Assert.True(Write("more").IsHeld);
        await _caller.CancelAsync();
        await Task.WhenAll(streams).ContinueWith(_ => { }, TaskScheduler.Default).WaitAsync(SuccessionFixture.Patience);
        Assert.Equal(0, Service.Holds.Count);
    }

    [Fact]
    public async Task A_stop_of_the_system_ends_streams_that_hold_and_that_wait()
    {
        Task holds = Hold(Request("src"));
        await _events.NextAsync();
        Task waits = Hold(Request("src"));
        await _events.NextAsync();

        Service.Holds.Stop();

        foreach (Task stream in new[] { holds, waits, Hold(Request("late")) })
        {
            FaultException e = await Assert.ThrowsAsync<FaultException>(() => stream.WaitAsync(SuccessionFixture.Patience));
            Assert.Equal(FaultKind.Unavailable, e.Fault.Kind);
        }

        Assert.Empty(Service.Locks.Snapshot());
    }

    [Fact]
    public async Task A_hold_that_nobody_knows_cannot_be_resumed()
    {
        var call = new TestCallContext(CancellationToken.None);
        call.RequestHeaders.Add(Exec.Succession.NextInstance.HoldIdHeader, "guessed");
        FaultException e = await Assert.ThrowsAsync<FaultException>(() => Service.Tasks.HoldScopes(Request("src"), _events, call));
        Assert.Equal(FaultKind.NotFound, e.Fault.Kind);
    }

    private static (string Scope, string Holder, string Reason, bool Holds, bool Writes) Describe(V1.ScopeUser user) =>
        (user.Scope, user.Holder, user.Reason, user.Holds, user.Writes);

    private static V1.HoldScopesRequest Request(string writes) => new() { OutputScopes = { writes }, Holder = "me", Reason = "a look around" };

    private ScopeTicket Write(string scope) => Service.Locks.Request(ScopeSet.From([], [scope]), "other", "a test");

    private Task Hold(V1.HoldScopesRequest request) => Service.Tasks.HoldScopes(request, _events, new TestCallContext(_caller.Token));

    /// <summary>The stream sets its timer on another thread, some time after what it has told.</summary>
    private async Task MoveClockAsync(TimeSpan by)
    {
        while (Service.Clock.Timers == 0)
        {
            await Task.Yield();
        }

        Service.Clock.Advance(by);
    }

    private async Task EndAsync(Task stream)
    {
        await _caller.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => stream.WaitAsync(SuccessionFixture.Patience));
    }
}
