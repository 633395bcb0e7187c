using Grpc.Core;
using PvExec.Exec.Core.Runs;
using PvExec.Exec.Tests.Engine;
using PvExec.Exec.Tests.Succession;
using PvExec.Hosting.Init;
using PvExec.Kernel;
using V1 = PvExec.Api.V1;

namespace PvExec.Exec.Tests;

public sealed class TasksSignalTests : IAsyncDisposable
{
    private const int User1 = 10;

    private readonly SuccessionFixture _fixture = new();

    public ValueTask DisposeAsync() => _fixture.DisposeAsync();

    [Theory]
    [InlineData(V1.SignalTarget.Unspecified, SignalScope.Tree)]
    [InlineData(V1.SignalTarget.Leader, SignalScope.Leader)]
    [InlineData(V1.SignalTarget.Group, SignalScope.Group)]
    [InlineData(V1.SignalTarget.Tree, SignalScope.Tree)]
    public async Task A_signal_goes_to_what_is_meant_of_a_run_that_runs(V1.SignalTarget target, SignalScope scope)
    {
        Run run = Submit("free");
        using FakeProcess process = await _fixture.StartedAsync();

        V1.Run answer = await SignalAsync(_fixture.Old, run, User1, target);

        Assert.Equal((run.Id.Value, V1.RunState.Running), (answer.Id, answer.State));
        Assert.Equal((process.Child, User1, scope), Assert.Single(_fixture.Init.Signals));
    }

    [Fact]
    public async Task Of_a_task_with_a_filter_the_tree_is_both_and_the_rest_is_run_alone()
    {
        _fixture.AddTask("filtered", log: true);
        Run run = Submit("filtered");
        using FakeProcess log = await _fixture.StartedAsync();
        FakeProcess process = await _fixture.StartedAsync();

        await SignalAsync(_fixture.Old, run, User1, V1.SignalTarget.Leader);
        Assert.Equal([process.Child], _fixture.Init.Signals.Select(sent => sent.Child));
        await SignalAsync(_fixture.Old, run, User1, V1.SignalTarget.Tree);
        Assert.Equal([process.Child, log.Child, process.Child], _fixture.Init.Signals.Select(sent => sent.Child));

        process.Exit();
        Fault fault = (await Assert.ThrowsAsync<FaultException>(() => SignalAsync(_fixture.Old, run, User1, V1.SignalTarget.Group))).Fault;
        Assert.Equal(FaultKind.FailedPrecondition, fault.Kind);
        await SignalAsync(_fixture.Old, run, User1, V1.SignalTarget.Tree);
        Assert.Equal(log.Child, _fixture.Init.Signals[^1].Child);
    }

    [Fact]
    public async Task A_run_that_waits_or_has_ended_is_an_error_that_says_so()
    {
        Run ended = Submit("writes");
        FakeProcess process = await _fixture.StartedAsync();
        Run waiting = Submit("reads");

        await FailsAsync(waiting, "waits for its locks");
        process.Exit();
        await ended.Completion.WaitAsync(SuccessionFixture.Patience);
        await FailsAsync(ended, "has ended");
        (await _fixture.StartedAsync()).Exit();
        Assert.Empty(_fixture.Init.Signals);
    }

    [Theory]
    [InlineData(0, 0)]
    [InlineData(-1, 0)]
    [InlineData(65, 0)]
    [InlineData(15, 4)]
    public async Task What_is_no_signal_or_no_target_is_refused(int signal, int target)
    {
        Run run = Submit("free");
        using FakeProcess process = await _fixture.StartedAsync();

        Fault fault = (await Assert.ThrowsAsync<FaultException>(() => SignalAsync(_fixture.Old, run, signal, (V1.SignalTarget)target))).Fault;

        Assert.Equal(FaultKind.InvalidArgument, fault.Kind);
        Assert.Contains((target == 0 ? signal : target).ToString(System.Globalization.CultureInfo.InvariantCulture), fault.Detail, StringComparison.Ordinal);
        Assert.Empty(_fixture.Init.Signals);
    }

    [Fact]
    public async Task A_signal_that_comes_when_nobody_decides_is_sent_by_the_next_instance()
    {
        Run run = Submit("free");
        using FakeProcess process = await _fixture.StartedAsync();
        Task<V1.Run>? signal = null;

        await _fixture.HandOverAsync(() => signal = SignalAsync(_fixture.Old, run, User1, V1.SignalTarget.Leader));

        Assert.Equal(run.Id.Value, (await signal!.WaitAsync(SuccessionFixture.Patience)).Id);
        (Child child, int sent, SignalScope scope) = Assert.Single(_fixture.Init.Signals);
        Assert.Equal((process.Child.Id, User1, SignalScope.Leader), (child.Id, sent, scope));
        process.Exit();
        await _fixture.New.Engine.Find(run.Id)!.Completion.WaitAsync(SuccessionFixture.Patience);
        RpcException e = await Assert.ThrowsAsync<RpcException>(() => SignalAsync(_fixture.Old, run, User1, V1.SignalTarget.Leader));
        Assert.Equal(StatusCode.FailedPrecondition, e.StatusCode);
    }

    private static Task<V1.Run> SignalAsync(Instance instance, Run run, int signal, V1.SignalTarget target) => instance.Tasks.Signal(
        new V1.SignalRequest { RunId = run.Id.Value, Signal = signal, Target = target }, new TestCallContext(CancellationToken.None));

    private async Task FailsAsync(Run run, string why)
    {
        Fault fault = (await Assert.ThrowsAsync<FaultException>(() => SignalAsync(_fixture.Old, run, User1, V1.SignalTarget.Tree))).Fault;
        Assert.Equal(FaultKind.FailedPrecondition, fault.Kind);
        Assert.Contains(why, fault.Detail, StringComparison.Ordinal);
        Assert.Contains(run.Id.Value, fault.Detail, StringComparison.Ordinal);
    }

    private Run Submit(string task) => _fixture.Old.Engine.Submit(new RunRequest(task, [], ReadOnlyMemory<byte>.Empty, 0)).Value;
}
