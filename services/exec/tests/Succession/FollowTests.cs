using PvExec.Contract;
using PvExec.Exec.Core.Runs;
using PvExec.Exec.Tests.Engine;
using PvExec.Kernel;

namespace PvExec.Exec.Tests.Succession;

/// <summary>Calls that an instance still holds when another one has taken its place; over the service's own socket.</summary>
public sealed class FollowTests : IAsyncLifetime
{
    private readonly SuccessionFixture _fixture = new();
    private readonly CancellationTokenSource _caller = new();
    private readonly TestCallContext _call;

    public FollowTests() => _call = new TestCallContext(_caller.Token);

    public ValueTask InitializeAsync() => ValueTask.CompletedTask;

    public async ValueTask DisposeAsync()
    {
        await _fixture.DisposeAsync();
        _caller.Dispose();
    }

    [Fact]
    public async Task The_answer_holds_what_was_written_before_and_after_and_all_trailers()
    {
        Task<ExecResp> answer = SuccessionFixture.CallAsync(_fixture.Old, "free", _call);
        FakeProcess process = await _fixture.StartedAsync();
        process.Write("before ");
        process.Write("err1 ", descriptor: 2);
        await _fixture.HandOverAsync(() => process.Write("between "));
        process.Write("after");
        process.Write("err2", descriptor: 2);
        process.Exit(4);

        Assert.Equal("before between after", (await answer.WaitAsync(SuccessionFixture.Patience)).Data.ToStringUtf8());
        Assert.Equal("4", _call.Trailer(ExecGrpc.ExitCodeTrailer));
        Assert.Equal("err1 err2"u8.ToArray(), _call.ResponseTrailers.GetValueBytes(ExecGrpc.ErrorTailTrailer));
    }

    [Fact]
    public async Task Output_that_no_message_holds_is_refused_as_ever()
    {
        Task<ExecResp> answer = SuccessionFixture.CallAsync(_fixture.Old, "free", _call);
        FakeProcess process = await _fixture.StartedAsync();
        await _fixture.HandOverAsync();
        await Task.Run(() => process.Write(new string('x', ExecOptions.MaxResultBytes + 1))).WaitAsync(SuccessionFixture.Patience);
        process.Exit();

        FaultException e = await Assert.ThrowsAsync<FaultException>(() => answer.WaitAsync(SuccessionFixture.Patience));
        Assert.Equal(FaultKind.ResourceExhausted, e.Fault.Kind);
        Assert.Equal("0", _call.Trailer(ExecGrpc.ExitCodeTrailer));
    }

    [Fact]
    public async Task A_caller_that_goes_away_while_its_run_waits_takes_it_along_in_the_next_instance()
    {
        Task<ExecResp> first = SuccessionFixture.CallAsync(_fixture.Old, "writes", new TestCallContext(CancellationToken.None));
        FakeProcess writer = await _fixture.StartedAsync();
        Task<ExecResp> answer = SuccessionFixture.CallAsync(_fixture.Old, "writes", _call);
        await _fixture.HandOverAsync();
        Assert.Equal(2, _fixture.New.Engine.Live.Count);
        await _caller.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => answer.WaitAsync(SuccessionFixture.Patience));
        Run left = Assert.Single(_fixture.New.Engine.Live);
        Assert.Equal(writer.Spec.Label, left.Id.Value);
        writer.Exit();
        Assert.True((await first.WaitAsync(SuccessionFixture.Patience)).Completed);
        Assert.Single(_fixture.Init.Spawned);
    }

    [Fact]
    public async Task A_caller_that_goes_away_while_nobody_decides_takes_its_run_along_too()
    {
        Task<ExecResp> first = SuccessionFixture.CallAsync(_fixture.Old, "writes", new TestCallContext(CancellationToken.None));
        FakeProcess writer = await _fixture.StartedAsync();
        Task<ExecResp> answer = SuccessionFixture.CallAsync(_fixture.Old, "writes", _call);
        await _fixture.HandOverAsync(_caller.Cancel);

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => answer.WaitAsync(SuccessionFixture.Patience));
        writer.Exit();
        Assert.True((await first.WaitAsync(SuccessionFixture.Patience)).Completed);
        Assert.Single(_fixture.Init.Spawned);
    }

    [Fact]
    public async Task A_next_instance_that_is_away_for_a_while_is_asked_again_from_where_it_ended()
    {
        Task<ExecResp> answer = SuccessionFixture.CallAsync(_fixture.Old, "free", _call);
        FakeProcess process = await _fixture.StartedAsync();
        await _fixture.HandOverAsync();
        process.Write("one ");
        await _fixture.New.StopServingAsync();
        process.Write("two");
        await _fixture.New.ServeAsync();
        process.Exit();

        Assert.Equal("one two", (await answer.WaitAsync(SuccessionFixture.Patience)).Data.ToStringUtf8());
    }

    [Fact]
    public async Task A_run_that_the_next_instance_does_not_know_is_lost_and_the_caller_may_repeat_it()
    {
        Task<ExecResp> first = SuccessionFixture.CallAsync(_fixture.Old, "writes", new TestCallContext(CancellationToken.None), wait: false);
        FakeProcess writer = await _fixture.StartedAsync();
        Task<ExecResp> answer = SuccessionFixture.CallAsync(_fixture.Old, "writes", _call);
        await first;
        await _fixture.Old.HandOverAsync();

        // As after a kill of the instance that had the table.
        await _fixture.New.TakeOverAsync(_fixture.Old, _fixture.Kept.Owned(), ReadOnlyMemory<byte>.Empty);

        FaultException e = await Assert.ThrowsAsync<FaultException>(() => answer.WaitAsync(SuccessionFixture.Patience));
        Assert.Equal(FaultKind.Unavailable, e.Fault.Kind);
        writer.Exit();
    }
}
