using PvExec.Contract;
using PvExec.Exec.Core.Runs;
using PvExec.Exec.Tests.Engine;
using PvExec.Testing;

namespace PvExec.Exec.Tests.Succession;

/// <summary>How long a run that has ended can be asked for by the calls that an instance before still holds.</summary>
public sealed class ReadRunTests : IAsyncLifetime
{
    private const int MostEnded = 2;

    private readonly ManualClock _clock = new();
    private readonly List<FakeProcess> _processes = [];
    private readonly SuccessionFixture _fixture;

    public ReadRunTests() => _fixture = new SuccessionFixture(new ExecOptions { MaxEndedRuns = MostEnded }, _clock);

    public ValueTask InitializeAsync() => ValueTask.CompletedTask;

    public ValueTask DisposeAsync() => _fixture.DisposeAsync();

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_call_that_follows_late_is_answered_however_many_runs_have_ended_meanwhile(bool waits)
    {
        FakeProcess? writer = null;
        Task<ExecResp>? first = null;
        if (waits)
        {
            first = SuccessionFixture.CallAsync(_fixture.Old, "writes", new TestCallContext(CancellationToken.None));
            writer = await _fixture.StartedAsync();
        }

        var call = new TestCallContext(CancellationToken.None);
        Task<ExecResp> answer = SuccessionFixture.CallAsync(_fixture.Old, "writes", call);
        FakeProcess? process = waits ? null : await _fixture.StartedAsync();
        await _fixture.HandOverAsync(untilItIsTold: async () =>
        {
            writer?.Exit();
            process ??= await _fixture.StartedAsync();
            process.Write("out");
            process.Exit(3);
            await EndMoreAsync(_fixture.New);
        });

        Assert.Equal("out", (await answer.WaitAsync(SuccessionFixture.Patience)).Data.ToStringUtf8());
        Assert.Equal("3", call.Trailer(ExecGrpc.ExitCodeTrailer));
        Assert.True(first is null || (await first.WaitAsync(SuccessionFixture.Patience)).Completed);
    }

    [Fact]
    public async Task One_that_ended_while_nobody_decided_is_there_too()
    {
        var call = new TestCallContext(CancellationToken.None);
        Task<ExecResp> answer = SuccessionFixture.CallAsync(_fixture.Old, "free", call);
        FakeProcess process = await _fixture.StartedAsync();
        await _fixture.HandOverAsync(() => process.Exit(4), () => EndMoreAsync(_fixture.New));
        await answer.WaitAsync(SuccessionFixture.Patience);
        Assert.Equal("4", call.Trailer(ExecGrpc.ExitCodeTrailer));
    }

    [Fact]
    public async Task Calls_that_do_not_come_are_waited_for_a_minute()
    {
        List<Run> read = await StartMoreAsync(isRead: true);
        Run unread = Assert.Single(await StartMoreAsync(isRead: false, howMany: 1));
        await _fixture.HandOverAsync(untilItIsTold: () => EndAllAsync(_fixture.New));
        await EndMoreAsync(_fixture.New);
        Assert.Null(_fixture.New.Engine.Find(unread.Id));
        _clock.Advance(TimeSpan.FromMinutes(1) - TimeSpan.FromTicks(1));
        Assert.All(read, run => Assert.NotNull(_fixture.New.Engine.Find(run.Id)));
        Assert.DoesNotContain(_fixture.Init.Acknowledged, child => read.Exists(run => run.Id.Value == child.Label));
        _clock.Advance(TimeSpan.FromTicks(1));
        await IdleAsync(_fixture.New);
        Assert.Equal(MostEnded, _fixture.New.Engine.Ended.Count);
        Assert.All(read, run => Assert.Contains(_fixture.Init.Acknowledged, child => child.Label == run.Id.Value));
    }

    [Fact]
    public async Task After_a_kill_somebody_may_come_within_seconds_for_what_ran()
    {
        List<Run> runs = await StartMoreAsync(isRead: false);
        await _fixture.Old.HandOverAsync();
        _fixture.New.TakeOver(_fixture.Kept.Owned(), default, handedOver: false);
        await EndAllAsync(_fixture.New);
        Run newest = await EndMoreAsync(_fixture.New);
        Assert.All(runs, run => Assert.NotNull(_fixture.New.Engine.Find(run.Id)));

        // No younger one leaves for them.
        Assert.NotNull(_fixture.New.Engine.Find(newest.Id));
        _clock.Advance(TimeSpan.FromSeconds(5));
        await IdleAsync(_fixture.New);
        Assert.Equal(MostEnded, _fixture.New.Engine.Ended.Count);
    }

    [Fact]
    public async Task One_that_is_read_stays_until_the_next_end_after_its_reader_has_gone()
    {
        Run run = _fixture.Old.Engine.Submit(Request(), isRead: true).Value;
        (await _fixture.StartedAsync()).Exit();
        await EndMoreAsync(_fixture.Old);
        Assert.NotNull(_fixture.Old.Engine.Find(run.Id));
        Assert.DoesNotContain(_fixture.Init.Acknowledged, child => child.Label == run.Id.Value);
        run.Output.Release();
        await EndMoreAsync(_fixture.Old);
        Assert.Null(_fixture.Old.Engine.Find(run.Id));
    }

    private static RunRequest Request() => new("free", [], ReadOnlyMemory<byte>.Empty, 0);

    /// <summary>By default as many as are kept, and one more.</summary>
    private async Task<List<Run>> StartMoreAsync(bool isRead, int howMany = MostEnded + 1)
    {
        var runs = new List<Run>();
        for (int i = 0; i < howMany; i++)
        {
            runs.Add(_fixture.Old.Engine.Submit(Request(), isRead).Value);
            _processes.Add(await _fixture.StartedAsync());
        }

        return runs;
    }

    private Task EndAllAsync(Instance instance)
    {
        _processes.ForEach(process => process.Exit());
        return IdleAsync(instance);
    }

    /// <summary>As many as are kept, and one more.</summary>
    /// <returns>The one that ended last.</returns>
    private async Task<Run> EndMoreAsync(Instance instance)
    {
        Run run = null!;
        for (int i = 0; i <= MostEnded; i++)
        {
            run = instance.Engine.Submit(Request()).Value;
            (await _fixture.StartedAsync()).Exit();
            await IdleAsync(instance);
        }

        return run;
    }

    private static async Task IdleAsync(Instance instance) =>
        Assert.True(await instance.Engine.EndedAsync(SuccessionFixture.Patience, CancellationToken.None).WaitAsync(SuccessionFixture.Patience));
}
