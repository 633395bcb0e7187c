using PvExec.Exec.Core.Input;
using PvExec.Exec.Core.Runs;
using PvExec.Kernel;
using PvExec.Testing;

namespace PvExec.Exec.Tests.Engine;

/// <summary>Runs whose input comes bit by bit: their limits, and what is left when they cannot be started.</summary>
public sealed class RunInputTests : IDisposable
{
    private readonly EngineFixture _fixture = new(new ExecOptions { MaxWaitingInputBytes = Interaction.RoomBytes + 100 });

    public void Dispose() => _fixture.Dispose();

    [Fact]
    public async Task The_room_of_one_that_waits_counts_until_it_starts()
    {
        _fixture.Submit("writes");
        FakeProcess writer = await _fixture.StartedAsync();
        Run waiting = Submit("reads").Value;
        Assert.Equal(FaultKind.ResourceExhausted, Submit("reads").Fault?.Kind);

        writer.Exit();
        FakeProcess reader = await _fixture.StartedAsync();
        Assert.Equal(waiting.Id.Value, reader.Spec.Label);
        reader.Exit();
        await _fixture.IdleAsync();
        _fixture.Submit("writes");
        writer = await _fixture.StartedAsync();
        Assert.True(Submit("reads").Succeeded(out _));
        writer.Exit();
        (await _fixture.StartedAsync()).Exit();
        await _fixture.IdleAsync();
    }

    [Fact]
    public async Task One_whose_pipe_nobody_keeps_is_not_started()
    {
        _fixture.Store.Fault = new Fault(FaultKind.Unavailable, "no store");
        Fault? fault = (await EngineFixture.ResultOf(Submit("free").Value)).Fault;
        Assert.Contains("'free' cannot be started: no store", fault?.Detail, StringComparison.Ordinal);
        Assert.True(_fixture.NothingStarted);
    }

    [Fact]
    public async Task One_that_cannot_be_started_leaves_no_pipe_behind()
    {
        _fixture.Init.SpawnFault = new Fault(FaultKind.FailedPrecondition, "exec: no");
        Run run = Submit("free").Value;
        Assert.Equal(FaultKind.FailedPrecondition, (await EngineFixture.ResultOf(run)).Fault?.Kind);
        Assert.Empty(_fixture.Store.Names);
        Assert.Equal(1, run.Input!.Take("x"u8));
    }

    [Fact]
    public async Task What_is_given_while_it_waits_is_read_with_what_was_asked_with()
    {
        _fixture.Submit("writes");
        FakeProcess writer = await _fixture.StartedAsync();
        Run run = Submit("reads", "asked ").Value;
        Assert.Equal(5, _fixture.Engine.GiveInput(run.Input!, "given"u8));
        Assert.True(_fixture.Engine.CloseInput(run.Input!));
        writer.Exit();
        FakeProcess reader = await _fixture.StartedAsync();
        Assert.Equal("asked given", await Task.Run(reader.ReadInput).WaitAsync(EngineFixture.Patience));
        reader.Exit();
    }

    [Theory]
    [InlineData("", "TERM=vt100")]
    [InlineData("dumb", "TERM=dumb")]
    public async Task The_terminals_type_is_in_place_of_the_daemons_and_gives_way_to_the_tasks(string own, string expected)
    {
        TaskFiles.Write(_fixture.Root, "typed/run", "true");
        if (own.Length > 0)
        {
            TaskFiles.Write(_fixture.Root, "typed/env/TERM", own, executable: false);
        }

        Submit("typed", terminal: new TerminalSettings("vt100", 80, 24)).Succeeded(out _);
        using FakeProcess process = await _fixture.StartedAsync();
        Assert.Equal([expected], process.Spec.Environment!.Where(one => one.StartsWith("TERM=", StringComparison.Ordinal)));
    }

    [Fact]
    public async Task Nothing_is_taken_here_once_the_gate_is_closed()
    {
        Run run = Submit("free").Value;
        using FakeProcess process = await _fixture.StartedAsync();
        await _fixture.Gate.CloseAsync();
        Assert.Null(_fixture.Engine.GiveInput(run.Input!, "x"u8));
        Assert.False(_fixture.Engine.CloseInput(run.Input!));
        Assert.False(_fixture.Engine.ResizeTerminal(run.Input!, 1, 1));
        Assert.Equal((0L, false), (run.Input!.Length, run.Input.IsClosed));
    }

    private Outcome<Run> Submit(string task, string input = "", TerminalSettings? terminal = null) => _fixture.Engine.Submit(
        new RunRequest(task, [], System.Text.Encoding.UTF8.GetBytes(input), 0) { Interaction = new Interaction(terminal) });
}
