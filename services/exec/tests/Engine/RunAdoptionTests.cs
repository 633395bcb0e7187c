using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;
using PvExec.Exec.Adapters;
using PvExec.Exec.Adapters.Input;
using PvExec.Exec.Adapters.Output;
using PvExec.Exec.Core.Output;
using PvExec.Exec.Core.Runs;
using PvExec.Exec.Core.Scopes;
using PvExec.Exec.Tests.Adapters;
using PvExec.Hosting.Init;
using PvExec.Linux.Files;
using PvExec.Testing;

namespace PvExec.Exec.Tests.Engine;

public sealed class RunAdoptionTests : IDisposable
{
    private static readonly StreamWindow s_window = StreamWindow.Of(100_000, 10_000);

    private readonly EngineFixture _fixture = new(new ExecOptions { MaxEndedRuns = 0 });
    private readonly RunId _id = RunId.New(DateTimeOffset.UnixEpoch);

    public void Dispose() => _fixture.Dispose();

    [Fact]
    public async Task A_run_taken_up_again_keeps_a_writer_out_until_it_has_ended()
    {
        Child child = Owned(1, RunRole.Run, ScopeSet.From(["src"], []));
        _fixture.Engine.Adopt([child]);
        _fixture.Engine.ExpectReaders([]);
        Run writes = _fixture.Submit("writes");
        Assert.Equal(RunState.Waiting, writes.State);

        child.SetExited(FakeInit.Exit(0));
        (await _fixture.StartedAsync()).Exit();
        Assert.True((await EngineFixture.ResultOf(writes)).Value.Status.Succeeded);
        await _fixture.IdleAsync();
        Assert.Contains(child, _fixture.Init.Acknowledged);
    }

    [Fact]
    public async Task One_that_ended_meanwhile_is_acknowledged()
    {
        Child child = Owned(1, RunRole.Run, ScopeSet.From([], ["src"]));
        child.SetExited(FakeInit.Exit(1));
        _fixture.Engine.Adopt([child]);
        _fixture.Engine.ExpectReaders([]);

        await _fixture.IdleAsync();
        Assert.Equal([child], _fixture.Init.Acknowledged);
        Assert.Empty(_fixture.Locks.Snapshot());
    }

    [Fact]
    public async Task The_output_is_read_on_so_that_the_task_does_not_block()
    {
        PipePair pipe = PipePair.Open();
        Child child = Owned(1, RunRole.Run, ScopeSet.Empty, (RunFiles.StandardPipe, pipe.ReadEnd));
        _fixture.Engine.Adopt([child]);

        // More than a pipe holds: this would block if nobody read.
        await Task.Run(() => PipeEnd.Write(pipe.WriteEnd, new byte[500_000])).WaitAsync(EngineFixture.Patience);
        Run run = Assert.Single(_fixture.Engine.Live);
        pipe.WriteEnd.Dispose();
        child.SetExited(FakeInit.Exit(0));
        await EngineFixture.ResultOf(run);
        Assert.Equal(500_000, run.Output.Standard.Length);
    }

    [Theory]
    [InlineData(RunRole.Run)]
    [InlineData(RunRole.Log)]
    public async Task Of_two_processes_the_one_left_alone_holds_the_locks(RunRole alone)
    {
        Child child = Owned(1, alone, ScopeSet.From([], ["src"]));
        _fixture.Engine.Adopt([child]);
        Assert.Single(Assert.Single(_fixture.Locks.Snapshot()).Holders);

        child.SetExited(FakeInit.Exit(0));
        await _fixture.IdleAsync();
        Assert.Empty(_fixture.Locks.Snapshot());
    }

    [Fact]
    public async Task What_an_instance_that_was_killed_has_read_is_there_and_what_came_since()
    {
        PipePair pipe = PipePair.Open();
        using StreamFile before = StreamFile.Create("test");
        SafeFileHandle store = File.OpenHandle($"/proc/self/fd/{before.Handle.DangerousGetHandle()}", FileMode.Open, FileAccess.ReadWrite, FileShare.ReadWrite);
        RandomAccess.Write(store, "before "u8, 0);
        PipeEnd.Write(pipe.WriteEnd, "since"u8);
        pipe.WriteEnd.Dispose();
        Child child = Owned(1, RunRole.Run, ScopeSet.Empty, (RunFiles.StandardPipe, pipe.ReadEnd), (RunFiles.StandardStore, store));
        child.SetExited(FakeInit.Exit(3));
        using var fixture = new EngineFixture();
        fixture.Engine.Adopt([child]);

        await fixture.IdleAsync();
        Run run = Assert.Single(fixture.Engine.Ended);
        Assert.Equal("before since", EngineFixture.Text(run));
        Assert.Equal(3, (await run.Completion).Value.Status.Code);
        Assert.Empty(fixture.Init.Acknowledged);
    }

    [Fact]
    public async Task A_run_whose_output_and_input_cannot_be_used_any_more_holds_its_locks_to_its_end_and_the_others_are_taken_up()
    {
        using var directory = new TemporaryDirectory();
        Child broken = Owned(
            1, RunRole.Run, ScopeSet.From([], ["src"]),
            (RunFiles.StandardPipe, NoPipe("output")), (RunFiles.ErrorPipe, NoPipe("errors")), (RunInputs.FileName, NoPipe("input")));
        Child other = Owned(RunId.New(DateTimeOffset.UnixEpoch.AddHours(1)), 2, RunRole.Run, ScopeSet.From([], ["dep"]));
        using var fixture = new EngineFixture();
        fixture.Engine.Adopt([broken, other]);

        Assert.Equal(2, fixture.Engine.Live.Count);
        Run writes = fixture.Submit("writes");
        Assert.Equal(RunState.Waiting, writes.State);
        broken.SetExited(FakeInit.Exit(4));
        other.SetExited(FakeInit.Exit(0));
        (await fixture.StartedAsync()).Exit();
        await fixture.IdleAsync();
        Run run = fixture.Engine.Find(_id)!;
        Assert.Equal(4, (await run.Completion).Value.Status.Code);
        Assert.Equal(StreamPieceKind.End, run.Output.Standard.Read(0, new byte[1]).Kind);

        SafeFileHandle NoPipe(string name) => File.OpenHandle(directory.At(name), FileMode.Create, FileAccess.ReadWrite);
    }

    [Fact]
    public async Task Both_processes_of_a_run_are_one_run()
    {
        Child run = Owned(1, RunRole.Run, ScopeSet.From([], ["src"]));
        Child log = Owned(2, RunRole.Log, ScopeSet.From([], ["src"]));
        _fixture.Engine.Adopt([log, run]);
        _fixture.Engine.ExpectReaders([]);
        Assert.Single(_fixture.Engine.Live);

        run.SetExited(FakeInit.Exit(0));
        Assert.NotEmpty(_fixture.Locks.Snapshot());
        log.SetExited(FakeInit.Exit(0));
        await _fixture.IdleAsync();
        Assert.Equal(2, _fixture.Init.Acknowledged.Count);
    }

    [Fact]
    public void Runs_of_a_task_whose_limit_was_raised_hold_their_places_whatever_the_order_of_their_ids()
    {
        RunId[] ids = [.. Enumerable.Range(0, 2).Select(hour => RunId.New(DateTimeOffset.UnixEpoch.AddHours(hour)))];
        Child[] children =
        [
            Owned(ids[0], 1, RunRole.Run, ScopeSet.From([], ["src"], new TaskLimit("/tasks/limited", 2))),
            Owned(ids[1], 2, RunRole.Run, ScopeSet.From([], ["dep"], new TaskLimit("/tasks/limited", 1))),
        ];

        _fixture.Engine.Adopt(children);
        Assert.Equal(0, _fixture.Locks.Waiting);
    }

    [Fact]
    public async Task Of_those_that_ended_before_the_one_that_ended_last_is_kept_though_it_was_asked_for_first()
    {
        using var fixture = new EngineFixture(new ExecOptions { MaxEndedRuns = 1 });
        RunId[] ids = [.. Enumerable.Range(0, 3).Select(hour => RunId.New(DateTimeOffset.UnixEpoch.AddHours(hour)))];
        Child[] children = [.. ids.Select((id, number) => Owned(id, (ulong)number, RunRole.Run, ScopeSet.Empty))];
        for (int i = 0; i < children.Length; i++)
        {
            children[i].SetExited(FakeInit.Exit(0) with { Ended = DateTimeOffset.UnixEpoch.AddDays(1).AddHours(-i) });
        }

        fixture.Engine.Adopt(children);
        fixture.Engine.ExpectReaders([]);
        await fixture.IdleAsync();
        Assert.Equal(ids[0], Assert.Single(fixture.Engine.Ended).Id);
    }

    [Fact]
    public async Task A_child_without_a_note_is_acknowledged_when_it_ends()
    {
        var child = new Child(7, 70, "what", DateTimeOffset.UnixEpoch, new byte[] { 1 }, new Dictionary<string, SafeHandle>());
        _fixture.Engine.Adopt([child]);
        _fixture.Engine.ExpectReaders([]);

        child.SetExited(FakeInit.Exit(0));
        await _fixture.IdleAsync();
        Assert.Equal([child], _fixture.Init.Acknowledged);
    }

    [Fact]
    public async Task What_a_real_start_notes_is_what_an_adoption_reads()
    {
        Run before = _fixture.Submit("reads");
        using FakeProcess process = await _fixture.StartedAsync();
        using var second = new EngineFixture();
        second.Engine.Adopt([new Child(1, 1, process.Spec.Label, DateTimeOffset.UnixEpoch, process.Spec.State, new Dictionary<string, SafeHandle>())]);

        Run after = Assert.Single(second.Engine.Live);
        Assert.Equal((before.Id, before.Task, before.Scopes.ToString()), (after.Id, after.Task, after.Scopes.ToString()));
    }

    private Child Owned(ulong number, RunRole role, ScopeSet scopes, params (string Name, SafeHandle Handle)[] kept) =>
        Owned(_id, number, role, scopes, kept);

    private static Child Owned(RunId id, ulong number, RunRole role, ScopeSet scopes, params (string Name, SafeHandle Handle)[] kept) => new(
        number, 4000 + (int)number, id.Value, DateTimeOffset.UnixEpoch,
        new RunNote(id, role, "old", scopes, DateTimeOffset.UnixEpoch, s_window, s_window).ToBytes(),
        kept.ToDictionary(one => one.Name, one => one.Handle));
}
