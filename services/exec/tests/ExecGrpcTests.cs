using Google.Protobuf;
using Grpc.Core;
using PvExec.Contract;
using PvExec.Exec.Core.Runs;
using PvExec.Exec.Succession;
using PvExec.Exec.Tests.Engine;
using PvExec.Hosting.Succession;
using PvExec.Kernel;
using PvExec.Testing;

namespace PvExec.Exec.Tests;

public sealed class ExecGrpcTests : IDisposable
{
    private readonly EngineFixture _fixture = new();
    private readonly CancellationTokenSource _caller = new();
    private readonly NextInstance _next = new(new RuntimePaths("/none"), new Successor(), TimeProvider.System);
    private readonly ExecGrpc _service;
    private readonly TestCallContext _call;

    public ExecGrpcTests()
    {
        _service = new ExecGrpc(_fixture.Engine, _next);
        _call = new TestCallContext(_caller.Token);
    }

    public void Dispose()
    {
        _fixture.Dispose();
        _next.Dispose();
        _caller.Dispose();
    }

    [Fact]
    public async Task The_answer_holds_the_output_and_the_trailers_the_exit_code()
    {
        Task<ExecResp> call = Call("free");
        FakeProcess process = await _fixture.StartedAsync();
        process.Write("out");
        process.Write("err", descriptor: 2);
        process.Exit(7);

        ExecResp answer = await call.WaitAsync(EngineFixture.Patience);
        Assert.True(answer.Completed);
        Assert.Equal("out", answer.Data.ToStringUtf8());
        Assert.Equal("7", _call.Trailer(ExecGrpc.ExitCodeTrailer));
        Assert.Null(_call.Trailer(ExecGrpc.ExitSignalTrailer));
        Assert.Equal("err"u8.ToArray(), _call.ResponseTrailers.GetValueBytes(ExecGrpc.ErrorTailTrailer));
        Assert.NotNull(RunId.Parse(_call.Trailer(ExecGrpc.RunIdTrailer)!));
    }

    [Fact]
    public async Task A_signal_has_its_own_trailer()
    {
        Task<ExecResp> call = Call("free");
        FakeProcess process = await _fixture.StartedAsync();
        process.Dispose();
        process.Child.SetExited(PvExec.Testing.FakeInit.Killed(11));

        Assert.True((await call.WaitAsync(EngineFixture.Patience)).Completed);
        Assert.Equal("11", _call.Trailer(ExecGrpc.ExitSignalTrailer));
        Assert.Null(_call.Trailer(ExecGrpc.ExitCodeTrailer));
    }

    [Fact]
    public async Task Without_waiting_the_answer_comes_at_once_and_the_task_runs_on()
    {
        ExecResp answer = await Call("writes", wait: false).WaitAsync(EngineFixture.Patience);

        Assert.False(answer.Completed);
        Assert.True(answer.Data.IsEmpty);
        FakeProcess process = await _fixture.StartedAsync();
        Assert.Equal(process.Spec.Label, _call.Trailer(ExecGrpc.RunIdTrailer));
        process.Exit();
        await _fixture.IdleAsync();
    }

    [Theory]
    [InlineData("none", FaultKind.NotFound)]
    [InlineData("", FaultKind.InvalidArgument, "empty")]
    [InlineData("../x", FaultKind.InvalidArgument)]
    [InlineData("free/../../x", FaultKind.InvalidArgument)]
    [InlineData("/etc", FaultKind.InvalidArgument)]
    [InlineData("a\0b", FaultKind.InvalidArgument, "'a\\x00b'")]
    [InlineData("outside", FaultKind.InvalidArgument)]
    [InlineData("faulty", FaultKind.FailedPrecondition, "faulty/timeout:2: 'soon'")]
    [InlineData("no-run", FaultKind.NotFound, "no-run/run:1: is missing")]
    public async Task A_task_that_cannot_be_run_is_an_error_with_and_without_waiting(string task, FaultKind kind, string? text = null)
    {
        Directory.CreateSymbolicLink(_fixture.Root.At("outside"), "/usr");
        TaskFiles.Write(_fixture.Root, "faulty/run", "true");
        TaskFiles.Write(_fixture.Root, "faulty/timeout", "# a minute\nsoon\n", executable: false);
        Directory.CreateDirectory(_fixture.Root.At("no-run"));
        foreach (bool wait in new[] { true, false })
        {
            FaultException e = await Assert.ThrowsAsync<FaultException>(() => Call(task, wait));
            Assert.Equal(kind, e.Fault.Kind);
            Assert.Contains(text ?? $"'{task}'", e.Fault.Detail, StringComparison.Ordinal);
        }
    }

    [Theory]
    [InlineData(256)]
    [InlineData(4096)]
    [InlineData(1_000_000)]
    public async Task A_very_long_name_is_refused_in_few_words(int length)
    {
        FaultException e = await Assert.ThrowsAsync<FaultException>(() => Call(new string('x', length)));

        Assert.Equal(FaultKind.InvalidArgument, e.Fault.Kind);
        Assert.InRange(e.Fault.Detail.Length, 1, 400);
    }

    [Fact]
    public async Task A_caller_that_goes_away_while_its_run_waits_takes_it_along()
    {
        _fixture.Submit("writes");
        FakeProcess writer = await _fixture.StartedAsync();
        Task<ExecResp> call = Call("reads");
        await _caller.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => call.WaitAsync(EngineFixture.Patience));
        writer.Exit();
        await _fixture.IdleAsync();
        Assert.Single(_fixture.Init.Spawned);
    }

    [Fact]
    public async Task A_caller_that_goes_away_while_its_run_runs_leaves_it_running()
    {
        Task<ExecResp> call = Call("writes");
        FakeProcess process = await _fixture.StartedAsync();
        await _caller.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => call.WaitAsync(EngineFixture.Patience));

        Assert.Single(_fixture.Engine.Live);
        Assert.Empty(_fixture.Init.Signals);
        process.Exit();
        await _fixture.IdleAsync();
    }

    [Fact]
    public async Task Output_that_no_message_holds_is_refused_when_the_task_has_ended()
    {
        Task<ExecResp> call = Call("free");
        FakeProcess process = await _fixture.StartedAsync();
        await Task.Run(() => process.Write(new string('x', ExecOptions.MaxResultBytes + 1))).WaitAsync(EngineFixture.Patience);
        Assert.False(call.IsCompleted);
        process.Exit();

        FaultException e = await Assert.ThrowsAsync<FaultException>(() => call.WaitAsync(EngineFixture.Patience));
        Assert.Equal(FaultKind.ResourceExhausted, e.Fault.Kind);
        Assert.Contains("'free'", e.Fault.Detail, StringComparison.Ordinal);
        Assert.Equal("0", _call.Trailer(ExecGrpc.ExitCodeTrailer));

        // How to have all of it, and there it is.
        PvExec.Exec.Core.Runs.Run run = Assert.Single(_fixture.Engine.Ended);
        Assert.Contains($"pvexec.v1.Tasks/Attach, run {run.Id}", e.Fault.Detail, StringComparison.Ordinal);
        Assert.Equal(ExecOptions.MaxResultBytes + 1, run.Output.Standard.Copy(0, long.MaxValue).Length);
    }

    [Fact]
    public async Task The_largest_result_fits_into_one_message()
    {
        Task<ExecResp> call = Call("free");
        FakeProcess process = await _fixture.StartedAsync();
        await Task.Run(() => process.Write(new string('x', ExecOptions.MaxResultBytes))).WaitAsync(EngineFixture.Patience);
        process.Exit();

        Assert.InRange((await call.WaitAsync(EngineFixture.Patience)).CalculateSize(), ExecOptions.MaxResultBytes, Hosting.Daemon.MaxMessageBytes);
    }

    private async Task<ExecResp> Call(string task, bool wait = true)
    {
        try
        {
            return await _service.Exec(new ExecReq { TaskName = task, WaitForCompletion = wait, Data = ByteString.Empty }, _call);
        }
        finally
        {
            // The answer is made on a thread of the engine's, where a test must not go on.
            await Task.Yield();
        }
    }
}
