using Grpc.Core;
using PvExec.Exec.Core.Runs;
using PvExec.Exec.Tests.Engine;
using PvExec.Exec.Tests.Succession;
using PvExec.Kernel;
using PvExec.Testing;
using V1 = PvExec.Api.V1;

namespace PvExec.Exec.Tests;

/// <summary>The API over a Unix socket.</summary>
public sealed class TasksGrpcTests : IAsyncLifetime
{
    private readonly SuccessionFixture _fixture = new();
    private TasksGrpc Service => _fixture.Old.Tasks;

    public async ValueTask InitializeAsync() => await _fixture.Old.ServeAsync();

    public ValueTask DisposeAsync() => _fixture.DisposeAsync();

    [Fact]
    public async Task A_reader_is_told_of_the_whole_life_of_a_run()
    {
        Run writes = Submit("writes");
        FakeProcess writer = await _fixture.StartedAsync();
        Run reads = Submit("reads");
        IAsyncEnumerator<V1.RunEvent> events = Attach(reads).GetAsyncEnumerator();

        V1.Queued queued = (await NextAsync(events)).Queued;
        V1.ScopeUser holder = Assert.Single(queued.WaitsFor);
        Assert.Equal(("src", writes.Id.Value, "writes", true, true), (holder.Scope, holder.Holder, holder.Reason, holder.Holds, holder.Writes));

        writer.Exit();
        FakeProcess process = await _fixture.StartedAsync();
        Assert.Equal(process.Child.Pid, (await NextAsync(events)).Started.Pid);
        process.Write("out");
        V1.Output output = (await NextAsync(events)).Output;
        Assert.Equal((V1.OutputStream.Stdout, 0UL, "out"), (output.Stream, output.Offset, output.Data.ToStringUtf8()));
        process.Write("err", descriptor: 2);
        Assert.Equal(V1.OutputStream.Stderr, (await NextAsync(events)).Output.Stream);
        process.Dispose();
        process.Child.SetExited(FakeInit.Killed(11));

        V1.Exited exited = (await NextAsync(events)).Exited;
        Assert.Equal((11, 3UL, 3UL), (exited.Signaled.Signal, exited.StdoutBytes, exited.StderrBytes));
        Assert.False(await events.MoveNextAsync());
        await events.DisposeAsync();
    }

    [Fact]
    public async Task How_a_run_has_ended_is_told_before_its_finish_has_and_what_that_writes_follows()
    {
        Run run = Submit("finished");
        FakeProcess process = await _fixture.StartedAsync();
        IAsyncEnumerator<V1.RunEvent> events = Attach(run).GetAsyncEnumerator();
        Assert.NotNull((await NextAsync(events)).Started);
        process.Write("out");
        process.Exit(3);
        Assert.Equal("out", (await NextAsync(events)).Output.Data.ToStringUtf8());
        Assert.Equal(3, (await NextAsync(events)).Finishing.Code);
        Assert.Equal(V1.RunState.Finishing, (await Service.GetRun(new V1.GetRunRequest { RunId = run.Id.Value }, Call())).State);

        FakeProcess finish = await _fixture.StartedAsync();
        finish.Write("swept");
        V1.Output output = (await NextAsync(events)).Output;
        Assert.Equal((V1.OutputStream.Stderr, "swept"), (output.Stream, output.Data.ToStringUtf8()));
        finish.Exit(7);
        V1.Exited exited = (await NextAsync(events)).Exited;
        Assert.Equal((3, 7, 5UL), (exited.Code, exited.Finish.Code, exited.StderrBytes));
        await events.DisposeAsync();
    }

    [Fact]
    public async Task A_run_that_ended_is_replayed_from_an_offset_with_the_gap_in_what_was_kept()
    {
        const int Bytes = 5_000_000;
        Run run = Submit("free");
        FakeProcess process = await _fixture.StartedAsync();
        await Task.Run(() => process.Write(new string('x', Bytes))).WaitAsync(SuccessionFixture.Patience);
        process.Exit();
        await run.Completion.WaitAsync(SuccessionFixture.Patience);

        ulong expected = 1000;
        ulong missing = 0;
        await foreach (V1.RunEvent told in Attach(run, offset: 1000))
        {
            if (told.EventCase == V1.RunEvent.EventOneofCase.Output)
            {
                Assert.Equal(expected, told.Output.Offset);
                Assert.All(told.Output.Data, one => Assert.Equal((byte)'x', one));
                expected += (ulong)told.Output.Data.Length;
            }
            else if (told.EventCase == V1.RunEvent.EventOneofCase.Gap)
            {
                Assert.Equal(expected, told.Gap.Offset);
                expected += told.Gap.Length;
                missing += told.Gap.Length;
            }
        }

        Assert.Equal((ulong)Bytes, expected);
        Assert.InRange(missing, 1UL, (ulong)Bytes - (2 * 1024 * 1024));
    }

    [Fact]
    public async Task A_reader_that_reads_nothing_delays_neither_the_task_nor_another_reader_and_finds_a_gap_later()
    {
        const int Bytes = 20_000_000;
        Run run = Submit("free");
        FakeProcess process = await _fixture.StartedAsync();
        var stalled = new StalledReader();
        Task slow = Service.Attach(new V1.AttachRequest { RunId = run.Id.Value }, stalled, Call());
        await stalled.Reached.WaitAsync(SuccessionFixture.Patience);
        Task<long> other = Task.Run(async () =>
        {
            long seen = 0;
            await foreach (V1.RunEvent told in Attach(run))
            {
                seen += told.Output?.Data.Length ?? (long?)told.Gap?.Length ?? 0;
            }

            return seen;
        });
        await Task.Run(() => process.Write(new string('x', Bytes))).WaitAsync(SuccessionFixture.Patience);
        process.Exit();
        Assert.True((await run.Completion.WaitAsync(SuccessionFixture.Patience)).Succeeded(out _));
        Assert.Equal(Bytes, await other.WaitAsync(SuccessionFixture.Patience));
        Assert.False(slow.IsCompleted);

        stalled.GoOn();
        await slow.WaitAsync(SuccessionFixture.Patience);
        Assert.Contains(stalled.Events, told => told.Gap is not null);
        Assert.Equal(0, stalled.Events[^1].Exited.Code);
    }

    [Fact]
    public async Task What_a_descendant_writes_after_the_end_of_a_run_is_recorded_and_can_be_read()
    {
        Run run = Submit("free");
        FakeProcess process = await _fixture.StartedAsync();
        process.Write("in time ");
        process.Exit(keepFiles: true);
        RunResult result = (await run.Completion.WaitAsync(SuccessionFixture.Patience)).Value;
        Assert.True(result.OutputLeftOpen);

        process.Write("late");
        process.Dispose();
        Task changed = run.Changes.Next();
        while (run.Output.Standard.Read(run.Output.Standard.Length, new byte[1]).Kind != PvExec.Exec.Core.Output.StreamPieceKind.End)
        {
            await changed.WaitAsync(SuccessionFixture.Patience);
            changed = run.Changes.Next();
        }

        var events = new List<V1.RunEvent>();
        await foreach (V1.RunEvent told in Attach(run))
        {
            events.Add(told);
        }

        Assert.Equal("in time late", string.Concat(events.Where(told => told.Output is not null).Select(told => told.Output.Data.ToStringUtf8())));
        Assert.True(events[^1].Exited.OutputLeftOpen);
    }

    [Fact]
    public async Task A_stream_goes_on_at_the_next_instance_without_an_end()
    {
        Run run = Submit("free");
        FakeProcess process = await _fixture.StartedAsync();
        process.Write("one ");
        var writer = new EventList();
        Task attached = Service.Attach(new V1.AttachRequest { RunId = run.Id.Value }, writer, new TestCallContext(CancellationToken.None));
        await _fixture.HandOverAsync();
        process.Write("two");
        process.Exit(5);

        await attached.WaitAsync(SuccessionFixture.Patience);
        Assert.Equal("one two", string.Concat(writer.Events.Where(told => told.Output is not null).Select(told => told.Output.Data.ToStringUtf8())));
        Assert.Equal(5, writer.Events[^1].Exited.Code);
    }

    [Fact]
    public async Task Runs_are_listed_and_found_while_they_wait_run_and_after_their_end()
    {
        Run ended = Submit("free");
        (await _fixture.StartedAsync()).Exit(2);
        await ended.Completion.WaitAsync(SuccessionFixture.Patience);
        Run running = Submit("writes");
        using FakeProcess process = await _fixture.StartedAsync();
        Run waiting = Submit("reads");

        V1.ListRunsResponse all = await Service.ListRuns(new V1.ListRunsRequest(), Call());
        Assert.Equal(
            new[] { (ended, V1.RunState.Ended), (running, V1.RunState.Running), (waiting, V1.RunState.Waiting) }.OrderBy(one => one.Item1.Id.Value, StringComparer.Ordinal).Select(one => (one.Item1.Id.Value, one.Item2)),
            all.Runs.Select(run => (run.Id, run.State)));
        Assert.Equal(2, (await Service.GetRun(new V1.GetRunRequest { RunId = ended.Id.Value }, Call())).Exited.Code);
        Assert.Equal(2, (await Service.ListRuns(new V1.ListRunsRequest { LiveOnly = true }, Call())).Runs.Count);
        Assert.Equal(["src"], Assert.Single((await Service.ListRuns(new V1.ListRunsRequest { TaskName = "reads" }, Call())).Runs).InputScopes);
    }

    [Fact]
    public async Task A_run_that_waits_is_withdrawn_and_one_that_runs_is_ended_with_its_descendants()
    {
        _fixture.Init.OnSignal = (child, signal) => child.SetExited(FakeInit.Killed(signal));
        Run running = Submit("writes");
        FakeProcess process = await _fixture.StartedAsync();
        process.Dispose();
        Run waiting = Submit("reads");

        V1.Run left = await Service.Cancel(new V1.CancelRequest { RunId = running.Id.Value, WaitingOnly = true }, Call());
        Assert.Equal(V1.RunState.Running, left.State);
        V1.Run withdrawn = await Service.Cancel(new V1.CancelRequest { RunId = waiting.Id.Value }, Call());
        Assert.Equal((V1.RunState.NotRun, (int)StatusCode.Cancelled), (withdrawn.State, withdrawn.NotRun.Status));
        V1.Run ended = await Service.Cancel(new V1.CancelRequest { RunId = running.Id.Value }, Call()).WaitAsync(SuccessionFixture.Patience);
        Assert.Equal((V1.RunState.Ended, 15), (ended.State, ended.Exited.Signaled.Signal));
    }

    [Theory]
    [InlineData("x", FaultKind.InvalidArgument)]
    [InlineData("01ARZ3NDEKTSV4RRFFQ69G5FAV", FaultKind.NotFound)]
    public async Task A_run_that_is_not_there_is_an_error_that_names_it(string id, FaultKind kind)
    {
        FaultException e = await Assert.ThrowsAsync<FaultException>(() => Service.GetRun(new V1.GetRunRequest { RunId = id }, Call()));
        Assert.Equal(kind, e.Fault.Kind);
        Assert.Contains(id, e.Fault.Detail, StringComparison.Ordinal);
    }

    private static TestCallContext Call() => new(CancellationToken.None);

    private static async Task<V1.RunEvent> NextAsync(IAsyncEnumerator<V1.RunEvent> events)
    {
        Assert.True(await events.MoveNextAsync().AsTask().WaitAsync(SuccessionFixture.Patience));
        return events.Current;
    }

    private Run Submit(string task) => _fixture.Old.Engine.Submit(new RunRequest(task, [], ReadOnlyMemory<byte>.Empty, 0)).Value;

    private IAsyncEnumerable<V1.RunEvent> Attach(Run run, ulong offset = 0) =>
        _fixture.New.Next.FollowAsync(new V1.AttachRequest { RunId = run.Id.Value, StdoutOffset = offset }, CancellationToken.None);

    /// <summary>Its first write of output does not come back till it may.</summary>
    private sealed class StalledReader : IServerStreamWriter<V1.RunEvent>
    {
        private readonly TaskCompletionSource _reached = new(TaskCreationOptions.RunContinuationsAsynchronously);
        private readonly TaskCompletionSource _mayGoOn = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public Task Reached => _reached.Task;

        public List<V1.RunEvent> Events { get; } = [];

        public WriteOptions? WriteOptions { get; set; }

        public void GoOn() => _mayGoOn.SetResult();

        public Task WriteAsync(V1.RunEvent message)
        {
            Events.Add(message);
            _reached.TrySetResult();
            return _mayGoOn.Task;
        }

        public Task WriteAsync(V1.RunEvent message, CancellationToken cancellationToken) => WriteAsync(message);
    }

    private sealed class EventList : IServerStreamWriter<V1.RunEvent>
    {
        public List<V1.RunEvent> Events { get; } = [];

        public WriteOptions? WriteOptions { get; set; }

        public Task WriteAsync(V1.RunEvent message)
        {
            Events.Add(message);
            return Task.CompletedTask;
        }

        public Task WriteAsync(V1.RunEvent message, CancellationToken cancellationToken) => WriteAsync(message);
    }
}
