using Microsoft.Extensions.Logging.Abstractions;
using PvExec.Exec.Core.Runs;
using PvExec.Exec.Core.Scopes;
using PvExec.Exec.Engine;
using PvExec.Exec.Succession;
using PvExec.Exec.Tests.Adapters;
using PvExec.Exec.Tests.Engine;
using PvExec.Kernel;
using PvExec.Testing;

namespace PvExec.Exec.Tests.Succession;

/// <summary>What becomes of runs that wait when pv-exec is killed.</summary>
public sealed class WaitingNotesTests : IAsyncDisposable
{
    private static readonly DateTimeOffset s_time = DateTimeOffset.UnixEpoch.AddYears(40);

    private readonly SuccessionFixture _fixture = new();
    private readonly FakeStore _store = new();

    public async ValueTask DisposeAsync()
    {
        await _fixture.DisposeAsync();
        _store.Dispose();
    }

    [Fact]
    public async Task Those_with_a_token_are_queued_again_in_their_order_before_anybody_else_and_the_others_are_lost()
    {
        string running = (await OpenCall.Run(_fixture.Old.Tasks, "writes").AcceptedAsync()).RunId;
        FakeProcess process = await _fixture.StartedAsync();
        var ids = new List<string>();
        foreach ((string task, string token) in new[] { ("writes", "a"), ("writes", ""), ("reads", "b"), ("writes", "c"), ("writes", "d") })
        {
            OpenCall call = OpenCall.Run(_fixture.Old.Tasks, task, token);
            ids.Add((await call.AcceptedAsync()).RunId);
            if (token == "c")
            {
                await call.LeaveAsync();
            }
        }

        await KillAsync();
        OpenCall late = OpenCall.Run(_fixture.New.Tasks, "writes");
        ids.Add((await late.AcceptedAsync()).RunId);

        Assert.Equal(new[] { running, ids[0], ids[2], ids[4], ids[5] }.Order(StringComparer.Ordinal), _fixture.New.Engine.Live.Select(run => run.Id.Value).Order(StringComparer.Ordinal));
        OpenCall back = OpenCall.Run(_fixture.New.Tasks, "writes", "a");
        Assert.True((await back.AcceptedAsync()).Attached);
        process.Exit();
        foreach (string next in new[] { ids[0], ids[2], ids[4], ids[5] })
        {
            process = await _fixture.StartedAsync();
            Assert.Equal(next, process.Spec.Label);
            Assert.Equal(0, _fixture.Started.Count);
            process.Exit();
        }

        Assert.Equal(0, (await back.RestAsync())[^1].Exited.Code);
        await late.RestAsync();
    }

    [Fact]
    public async Task They_keep_their_places_over_a_hand_over_and_a_kill_after_it()
    {
        await OpenCall.Run(_fixture.Old.Tasks, "writes").AcceptedAsync();
        FakeProcess process = await _fixture.StartedAsync();
        string id = (await OpenCall.Run(_fixture.Old.Tasks, "writes", "a").AcceptedAsync()).RunId;
        await _fixture.HandOverAsync();
        Assert.Equal([id], Left().Select(run => run.Id.Value));

        process.Exit();
        process = await _fixture.StartedAsync();
        Assert.Equal(id, process.Spec.Label);
        await WaitUntilNoneIsLeftAsync();
        process.Exit();
    }

    [Fact]
    public async Task One_whose_start_broke_off_is_answered_and_begun_by_no_other_instance()
    {
        await OpenCall.Run(_fixture.Old.Tasks, "writes").AcceptedAsync();
        FakeProcess process = await _fixture.StartedAsync();
        OpenCall call = OpenCall.Run(_fixture.Old.Tasks, "writes", "a");
        string id = (await call.AcceptedAsync()).RunId;
        Assert.Equal([id], Left().Select(run => run.Id.Value));
        _fixture.Init.OnSpawn = (_, _) => throw new IOException("the line to pv-init broke");
        process.Exit();

        Assert.Equal((int)Grpc.Core.StatusCode.Unavailable, (await call.RestAsync())[^1].NotRun.Status);
        await _fixture.Old.Exit.Demanded.WaitAsync(SuccessionFixture.Patience);
        Assert.Empty(Left());
    }

    [Theory]
    [InlineData(OnDisconnect.CancelWaiting, false)]
    [InlineData(OnDisconnect.CancelWaiting, true)]
    [InlineData(OnDisconnect.GoOn, false)]
    public async Task One_whose_caller_does_not_come_back_in_a_minute_is_withdrawn_unless_it_is_to_go_on(OnDisconnect wanted, bool comesBack)
    {
        var clock = new ManualClock();
        using var fixture = new EngineFixture(time: clock);
        Run first = fixture.Submit("writes");
        var request = new RunRequest("writes", [], ReadOnlyMemory<byte>.Empty, 0) { Token = new ClientToken("t", "f"), OnDisconnect = wanted };
        var waiting = new WaitingRun(1, RunId.New(s_time), s_time, request);
        fixture.Engine.ResumeLost(waiting);
        if (comesBack)
        {
            Assert.True(fixture.Engine.Accept(request, RunCaller.New(wanted)).Value.IsAttached);
        }

        clock.Advance(TimeSpan.FromMinutes(1));
        bool stays = comesBack || wanted == OnDisconnect.GoOn;
        Assert.Equal(stays, fixture.Engine.Find(waiting.Id) is not null);
        (await fixture.StartedAsync()).Exit();
        await EngineFixture.ResultOf(first);
        if (stays)
        {
            (await fixture.StartedAsync()).Exit();
        }

        await fixture.IdleAsync();
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task That_minute_is_not_lost_with_a_hand_over(bool comesBack)
    {
        var request = new RunRequest("writes", [], ReadOnlyMemory<byte>.Empty, 0) { Token = new ClientToken("t", "f"), OnDisconnect = OnDisconnect.CancelWaiting };
        var waiting = new WaitingRun(1, RunId.New(s_time), s_time, request);
        CalledRun called;
        using (var before = new EngineFixture(time: new ManualClock()))
        {
            before.Submit("writes");
            (await before.StartedAsync()).Dispose();
            before.Engine.ResumeLost(waiting);
            called = Assert.Single(before.Engine.Called());
        }

        var clock = new ManualClock();
        using var fixture = new EngineFixture(time: clock);
        Run first = fixture.Submit("writes");
        fixture.Engine.Resume(waiting);
        fixture.Engine.Restore(called);
        clock.Advance(TimeSpan.FromMinutes(1) - TimeSpan.FromTicks(1));
        Assert.NotNull(fixture.Engine.Find(waiting.Id));
        if (comesBack)
        {
            Assert.True(fixture.Engine.Accept(request, RunCaller.New(OnDisconnect.CancelWaiting)).Value.IsAttached);
        }

        clock.Advance(TimeSpan.FromTicks(1));
        Assert.Equal(comesBack, fixture.Engine.Find(waiting.Id) is not null);
        (await fixture.StartedAsync()).Exit();
        await EngineFixture.ResultOf(first);
        if (comesBack)
        {
            (await fixture.StartedAsync()).Exit();
        }

        await fixture.IdleAsync();
    }

    [Fact]
    public void A_file_that_holds_something_else_is_left_and_forgotten()
    {
        using (Microsoft.Win32.SafeHandles.SafeFileHandle other = PvExec.Linux.Files.MemoryFile.Create("test", [3, 0, 0, 0, 1, 0, 0, 0, 1, 2, 3]))
        {
            Assert.True(_store.Put("waiting.7", other).Succeeded(out Fault? _));
        }

        var notes = new WaitingNotes(_store, NullLogger<WaitingNotes>.Instance);
        Assert.Empty(notes.Find(_store.Inheritance().Stored));
        notes.Add(Waiting(1, []));
        notes.ForgetFound();
        Assert.Equal(["waiting.8"], _store.Names);
    }

    [Fact]
    public void Without_a_place_for_the_file_runs_wait_as_ever()
    {
        _store.Fault = new Fault(FaultKind.ResourceExhausted, "full");
        var notes = new WaitingNotes(_store, NullLogger<WaitingNotes>.Instance);
        WaitingRun run = Waiting(1, []);
        notes.Add(run);
        notes.Remove(run.Id);
        Assert.Empty(_store.Names);
    }

    private static WaitingRun Waiting(long order, byte[] input) =>
        new(order, RunId.New(s_time.AddSeconds(order)), s_time, new RunRequest("t", [], input, 0) { Token = new ClientToken($"{order}", "f") });

    private IReadOnlyList<WaitingRun> Left() => new WaitingNotes(_fixture.Store, NullLogger<WaitingNotes>.Instance).Find(_fixture.Store.Inheritance().Stored);

    /// <summary>The process runs before the note of its waiting is gone.</summary>
    private async Task WaitUntilNoneIsLeftAsync()
    {
        long began = TimeProvider.System.GetTimestamp();
        while (Left().Count > 0)
        {
            Assert.True(TimeProvider.System.GetElapsedTime(began) < EngineFixture.Patience, "the note of the run's waiting stays");
            await Task.Yield();
        }
    }

    /// <summary>Nothing is decided there any more, nothing is handed over, and another instance comes.</summary>
    private async Task KillAsync()
    {
        await _fixture.Old.HandOverAsync();
        _fixture.New.TakeOver(_fixture.Kept.Owned(), default, handedOver: false);
    }
}
