using System.Threading.Channels;
using Grpc.Core;
using PvExec.Exec.Core.Runs;
using PvExec.Exec.Tests.Engine;
using PvExec.Exec.Tests.Succession;
using PvExec.Kernel;
using V1 = PvExec.Api.V1;

namespace PvExec.Exec.Tests;

/// <summary>The stream of runs as they change.</summary>
public sealed class WatchRunsTests : IAsyncLifetime
{
    private readonly SuccessionFixture _fixture = new();
    private readonly CancellationTokenSource _caller = new();

    public ValueTask InitializeAsync() => ValueTask.CompletedTask;

    public async ValueTask DisposeAsync()
    {
        await _caller.CancelAsync();
        await _fixture.DisposeAsync();
        _caller.Dispose();
    }

    [Fact]
    public async Task A_run_is_told_when_it_is_asked_for_starts_and_ends()
    {
        var told = new Told();
        Task watching = WatchAsync(told);
        V1.RunsChanged first = await told.NextAsync();
        Assert.Equal((true, 0), (first.IsAll, first.Runs.Count));

        Run writes = Submit("writes");
        FakeProcess writer = await _fixture.StartedAsync();
        Run reads = Submit("reads");
        V1.Run waiting = await told.UntilAsync(reads, V1.RunState.Waiting);
        V1.ScopeUser holder = Assert.Single(waiting.WaitsFor);
        Assert.Equal(("src", writes.Id.Value, true), (holder.Scope, holder.Holder, holder.Holds));

        writer.Exit(3);
        Assert.Equal(3, (await told.UntilAsync(writes, V1.RunState.Ended)).Exited.Code);
        FakeProcess reader = await _fixture.StartedAsync();
        Assert.Equal(reader.Child.Pid, (await told.UntilAsync(reads, V1.RunState.Running)).Started.Pid);
        reader.Exit();
        await told.UntilAsync(reads, V1.RunState.Ended);
        Assert.False(watching.IsCompleted);
    }

    [Fact]
    public async Task Runs_with_many_scopes_are_told_in_messages_that_can_be_sent_and_a_list_that_cannot_be_is_refused()
    {
        _fixture.AddTask("wide", writes: string.Join('\n', Enumerable.Range(0, 1000).Select(i => $"wide/{i:0000000000}")));
        for (int i = 0; i < 700; i++)
        {
            Submit("wide");
        }

        using FakeProcess process = await _fixture.StartedAsync();
        var told = new Told();
        _ = WatchAsync(told);
        int runs = 0;
        for (bool isFirst = true; runs < 700; isFirst = false)
        {
            V1.RunsChanged message = await told.NextAsync();
            Assert.Equal(isFirst, message.IsAll);
            Assert.InRange(message.CalculateSize(), 1, 2 * 1024 * 1024);
            runs += message.Runs.Count;
        }

        FaultException refused = await Assert.ThrowsAsync<FaultException>(() => _fixture.Old.Tasks.ListRuns(new V1.ListRunsRequest(), new TestCallContext(_caller.Token)));
        Assert.Equal(FaultKind.ResourceExhausted, refused.Fault.Kind);
        Assert.Contains("WatchRuns", refused.Fault.Detail, StringComparison.Ordinal);
    }

    [Fact]
    public async Task One_that_is_withdrawn_is_told_as_not_run_although_no_list_has_it()
    {
        Run writes = Submit("writes");
        FakeProcess writer = await _fixture.StartedAsync();
        Run waits = Submit("writes");
        var told = new Told();
        _ = WatchAsync(told);
        await told.UntilAsync(waits, V1.RunState.Waiting);

        Assert.True(_fixture.Old.Engine.Withdraw(waits, new Fault(FaultKind.Cancelled, "not wanted")));

        Assert.Equal("not wanted", (await told.UntilAsync(waits, V1.RunState.NotRun)).NotRun.Reason);
        writer.Exit();
        await told.UntilAsync(writes, V1.RunState.Ended);
    }

    [Fact]
    public async Task The_beginning_has_what_ended_unless_only_what_lives_is_wanted_and_one_task_may_be_chosen()
    {
        Run ended = Submit("free");
        (await _fixture.StartedAsync()).Exit();
        await ended.Completion.WaitAsync(SuccessionFixture.Patience);
        Run reads = Submit("reads");
        FakeProcess reader = await _fixture.StartedAsync();
        var (all, live, free) = (new Told(), new Told(), new Told());
        _ = WatchAsync(all);
        _ = WatchAsync(live, new V1.WatchRunsRequest { LiveOnly = true });
        _ = WatchAsync(free, new V1.WatchRunsRequest { TaskName = "free" });

        // Other tests make ids of other times meanwhile, so these two need not be in order.
        Assert.Equal(new[] { ended.Id.Value, reads.Id.Value }.Order(StringComparer.Ordinal), (await all.NextAsync()).Runs.Select(run => run.Id).Order(StringComparer.Ordinal));
        Assert.Equal([reads.Id.Value], (await live.NextAsync()).Runs.Select(run => run.Id));
        Assert.Equal([ended.Id.Value], (await free.NextAsync()).Runs.Select(run => run.Id));
        reader.Exit();
        await live.UntilAsync(reads, V1.RunState.Ended);
    }

    [Fact]
    public async Task The_stream_goes_on_at_the_next_instance_and_begins_there_with_all_runs()
    {
        var told = new Told();
        Task watching = WatchAsync(told);
        Run run = Submit("free");
        FakeProcess process = await _fixture.StartedAsync();
        await told.UntilAsync(run, V1.RunState.Running);

        await _fixture.HandOverAsync();

        Assert.Contains((await told.UntilAllAsync()).Runs, one => one.Id == run.Id.Value && one.State == V1.RunState.Running);
        process.Exit(7);
        Assert.Equal(7, (await told.UntilAsync(run, V1.RunState.Ended)).Exited.Code);
        Assert.False(watching.IsCompleted);
    }

    [Fact]
    public async Task A_stop_ends_it_after_the_last_run()
    {
        var told = new Told();
        Task watching = WatchAsync(told);
        Run run = Submit("free");
        FakeProcess process = await _fixture.StartedAsync();
        await told.UntilAsync(run, V1.RunState.Running);

        Task stopping = _fixture.Old.Engine.StopAsync(SuccessionFixture.Patience, CancellationToken.None);
        process.Exit();
        await stopping.WaitAsync(SuccessionFixture.Patience);

        await told.UntilAsync(run, V1.RunState.Ended);
        FaultException stopped = await Assert.ThrowsAsync<FaultException>(() => watching.WaitAsync(SuccessionFixture.Patience));
        Assert.Equal(FaultKind.Unavailable, stopped.Fault.Kind);
    }

    private Run Submit(string task) => _fixture.Old.Engine.Submit(new RunRequest(task, [], ReadOnlyMemory<byte>.Empty, 0)).Value;

    private async Task WatchAsync(Told told, V1.WatchRunsRequest? request = null) =>
        await _fixture.Old.Tasks.WatchRuns(request ?? new V1.WatchRunsRequest(), told, new TestCallContext(_caller.Token));

    private sealed class Told : IServerStreamWriter<V1.RunsChanged>
    {
        private readonly Channel<V1.RunsChanged> _messages = Channel.CreateUnbounded<V1.RunsChanged>();
        private readonly List<V1.Run> _told = [];

        public WriteOptions? WriteOptions { get; set; }

        public async Task WriteAsync(V1.RunsChanged message) => await _messages.Writer.WriteAsync(message);

        public async Task WriteAsync(V1.RunsChanged message, CancellationToken cancellationToken) => await _messages.Writer.WriteAsync(message, cancellationToken);

        public async Task<V1.RunsChanged> NextAsync()
        {
            V1.RunsChanged next = await _messages.Reader.ReadAsync().AsTask().WaitAsync(SuccessionFixture.Patience);
            _told.AddRange(next.Runs);
            return next;
        }

        public async Task<V1.RunsChanged> UntilAllAsync()
        {
            while (true)
            {
                V1.RunsChanged next = await NextAsync();
                if (next.IsAll && next.Runs.Count > 0)
                {
                    return next;
                }
            }
        }

        /// <summary>What was told of the run in that state; two runs may have changed in one message.</summary>
        public async Task<V1.Run> UntilAsync(Run run, V1.RunState state)
        {
            while (true)
            {
                if (_told.LastOrDefault(one => one.Id == run.Id.Value && one.State == state) is { } found)
                {
                    return found;
                }

                await NextAsync();
            }
        }
    }
}
