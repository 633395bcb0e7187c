using PvExec.Exec.Core.Input;
using PvExec.Exec.Core.Output;
using PvExec.Exec.Core.Runs;
using PvExec.Exec.Tests.Succession;
using PvExec.Hosting.Init;
using PvExec.Testing;

namespace PvExec.Exec.Tests.Engine;

/// <summary>Runs that ended before an instance came: from its first moment on it tells them as ended, as the one before did.</summary>
public sealed class RunEndedAdoptionTests : IDisposable
{
    private const int HeadBytes = 4096;

    /// <summary>More than is read of a run that waits for its caller before that has read anything.</summary>
    private static readonly string s_much = new('x', HeadBytes + (int)ReaderPace.LagBytes);

    private readonly ManualClock _clock = new();
    private readonly TemporaryDirectory _spool = new();
    private readonly EngineFixture _killed;
    private readonly EngineFixture _next;
    private readonly KeptChildren _kept;

    public RunEndedAdoptionTests()
    {
        var options = new ExecOptions { OutputDirectory = _spool.Path, OutputHeadBytes = HeadBytes };
        _killed = new EngineFixture(options);
        _next = new EngineFixture(options, time: _clock);
        _kept = KeptChildren.Of(_killed.Init);
        TaskFiles.Write(_killed.Root, "limited/run", "true");
        TaskFiles.Write(_killed.Root, "limited/timeout", "3600", executable: false);
        TaskFiles.Write(_killed.Root, "finished/run", "true");
        TaskFiles.Write(_killed.Root, "finished/finish", "#!/bin/sh");
    }

    public void Dispose()
    {
        _killed.Dispose();
        _next.Dispose();
        _kept.Dispose();
        _spool.Dispose();
    }

    [Theory]
    [InlineData("free", false)]
    [InlineData("free", true)]
    [InlineData("filtered", false)]
    [InlineData("limited", false)]
    [InlineData("finished", false)]
    public async Task A_run_that_had_ended_is_never_told_as_running_again(string task, bool isOnDisk)
    {
        Run run = Submit(task, isOnDisk);
        FakeProcess[] processes = [.. await StartedAsync(task == "filtered" ? 2 : 1)];
        await WriteMuchAsync(processes[0]);
        Array.ForEach(processes, process => process.Exit());
        if (task == "finished")
        {
            FakeProcess finish = await _killed.StartedAsync();
            finish.Write(" finish", descriptor: 2);
            finish.Exit();
        }

        await EngineFixture.ResultOf(run);
        await KillAsync();
        _next.Engine.Adopt(_kept.Owned());

        Run taken = AssertEnded(run.Id);
        Assert.Equal(s_much, EngineFixture.Text(taken));
        Assert.False((await taken.Completion).Value.OutputLeftOpen);
        Assert.Equal((run.Output.Standard.Length, run.Output.Error.Length), (taken.Output.Standard.Length, taken.Output.Error.Length));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task One_that_ended_while_nobody_was_there_has_all_its_output_at_once(bool isOnDisk)
    {
        Run run = Submit("free", isOnDisk);
        FakeProcess process = await _killed.StartedAsync();
        await WriteMuchAsync(process);
        await KillAsync();
        process.Write("since");
        process.Exit(3);
        _next.Engine.Adopt(_kept.Owned());

        Run taken = AssertEnded(run.Id);
        Assert.Equal(s_much + "since", EngineFixture.Text(taken));
        RunResult result = (await taken.Completion).Value;
        Assert.Equal((3, false), (result.Status.Code, result.OutputLeftOpen));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task One_whose_descendants_still_write_is_ended_once_they_have_had_their_time_and_what_they_write_is_read_on(bool hasHadItsTime)
    {
        Run run = Submit("free");
        FakeProcess process = await _killed.StartedAsync();
        await KillAsync();
        process.Write("run ");
        process.Child.SetExited(FakeInit.Exit(0) with { Ended = _clock.GetUtcNow() });
        _clock.Advance(hasHadItsTime ? TimeSpan.FromSeconds(1) : TimeSpan.FromMilliseconds(1));
        _next.Engine.Adopt(_kept.Owned());

        Run taken = hasHadItsTime ? AssertEnded(run.Id) : Assert.Single(_next.Engine.Live);
        Assert.Equal("run ", EngineFixture.Text(taken));
        if (!hasHadItsTime)
        {
            Assert.False(taken.Completion.IsCompleted);
            _clock.Advance(TimeSpan.FromSeconds(1));
        }

        Assert.True((await EngineFixture.ResultOf(taken)).Value.OutputLeftOpen);
        process.Write("descendant");
        process.Dispose();
        for (Task next = taken.Changes.Next(); taken.Output.Standard.Read(100, new byte[1]).Kind != StreamPieceKind.End; next = taken.Changes.Next())
        {
            await next.WaitAsync(EngineFixture.Patience);
        }

        Assert.Equal("run descendant", EngineFixture.Text(taken));
    }

    [Fact]
    public async Task One_on_a_terminal_has_all_that_was_shown_at_once()
    {
        Run run = Submit("free", terminal: new TerminalSettings("vt100", 80, 24));
        FakeProcess process = await _killed.StartedAsync();
        RawTerminal.Set(process.Handle(0));
        await WriteMuchAsync(process);
        await KillAsync();
        process.Write("shown");
        process.Exit();
        _next.Engine.Adopt(_kept.Owned());

        Assert.Equal(s_much + "shown", EngineFixture.Text(AssertEnded(run.Id)));
    }

    /// <summary>Without waiting for anything.</summary>
    private Run AssertEnded(RunId id)
    {
        Assert.Empty(_next.Engine.Live);
        Run run = Assert.Single(_next.Engine.Ended);
        Assert.Equal(id, run.Id);
        Assert.True(run.Completion.IsCompleted);
        Assert.Same(run, _next.Engine.Find(id));
        return run;
    }

    /// <summary>A run whose caller is not waited for here: the next instance waits for it, and lets what is in the pipes be till then.</summary>
    private Run Submit(string task, bool isOnDisk = false, TerminalSettings? terminal = null)
    {
        Run run = _killed.Engine.Submit(new RunRequest(task, [], ReadOnlyMemory<byte>.Empty, 0)
        {
            IsLossless = true,
            Output = new OutputLimits { OnDisk = isOnDisk },
            Interaction = terminal is null ? null : new Interaction(terminal),
        }).Value;
        run.Output.Pace!.Come(0, 0).Dispose();
        return run;
    }

    private static Task WriteMuchAsync(FakeProcess process) => Task.Run(() => process.Write(s_much)).WaitAsync(EngineFixture.Patience);

    private async Task<List<FakeProcess>> StartedAsync(int count)
    {
        var started = new List<FakeProcess>();
        while (started.Count < count)
        {
            started.Add(await _killed.StartedAsync());
        }

        return started;
    }

    private async Task KillAsync()
    {
        await _killed.Gate.CloseAsync();
        _killed.StopReading();
    }
}
