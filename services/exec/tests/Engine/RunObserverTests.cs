using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;
using PvExec.Exec.Adapters;
using PvExec.Exec.Adapters.Output;
using PvExec.Exec.Core.Output;
using PvExec.Exec.Core.Runs;
using PvExec.Hosting.Init;
using PvExec.Kernel;
using PvExec.Testing;

namespace PvExec.Exec.Tests.Engine;

public sealed class RunObserverTests : IDisposable
{
    private static readonly StreamWindow s_window = StreamWindow.Of(1000, 1000);

    private readonly EngineFixture _fixture = new();

    public void Dispose() => _fixture.Dispose();

    [Fact]
    public async Task A_run_holds_starts_ends_and_frees()
    {
        _fixture.Submit("writes");
        (await _fixture.StartedAsync()).Exit(3);
        await _fixture.IdleAsync();

        Assert.Equal(
            ["held by writes: writes src", "started writes", "ended writes: exit code 3", "freed by writes: writes src"],
            _fixture.Observer.Take());
    }

    [Fact]
    public async Task Who_waited_holds_after_the_one_before_has_freed()
    {
        _fixture.Submit("writes");
        FakeProcess first = await _fixture.StartedAsync();
        _fixture.Submit("reads");
        Assert.Equal(["held by writes: writes src", "started writes"], _fixture.Observer.Take());

        first.Exit();
        (await _fixture.StartedAsync()).Exit();
        await _fixture.IdleAsync();
        Assert.Equal(
            [
                "ended writes: exit code 0", "freed by writes: writes src",
                "held by reads: reads src", "started reads", "ended reads: exit code 0", "freed by reads: reads src",
            ],
            _fixture.Observer.Take());
    }

    [Fact]
    public async Task Of_a_run_that_is_withdrawn_nothing_is_told()
    {
        _fixture.Submit("writes");
        FakeProcess first = await _fixture.StartedAsync();
        _fixture.Engine.Withdraw(_fixture.Submit("reads"), new Fault(FaultKind.Cancelled, "enough"));
        first.Exit();
        await _fixture.IdleAsync();

        Assert.DoesNotContain(_fixture.Observer.Take(), line => line.Contains("reads", StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_run_taken_up_again_only_ends_and_frees()
    {
        Child child = Owned();
        _fixture.Engine.Adopt([child]);
        Assert.Empty(_fixture.Observer.Take());

        child.SetExited(FakeInit.Exit(0));
        await _fixture.IdleAsync();
        Assert.Equal(["ended old: exit code 0", "freed by old: writes src"], _fixture.Observer.Take());
    }

    [Fact]
    public async Task Of_a_run_that_had_ended_before_nothing_is_told_again()
    {
        Child child = Owned();
        child.SetExited(FakeInit.Exit(0));
        _fixture.Engine.Adopt([child]);
        await _fixture.IdleAsync();

        Assert.Single(_fixture.Engine.Ended);
        Assert.Empty(_fixture.Observer.Take());
    }

    [Fact]
    public async Task An_end_that_nobody_was_there_to_see_is_told_by_the_next_instance_once()
    {
        using StreamFile errors = StreamFile.Create("test");
        Child child = Owned((RunFiles.ErrorStore, Again(errors)));
        child.SetExited(FakeInit.Exit(3));
        _fixture.Engine.Adopt([child]);
        await _fixture.IdleAsync();
        Assert.Equal(["ended old: exit code 3", "freed unseen by old: writes src"], _fixture.Observer.Take());

        using var next = new EngineFixture();
        Child same = Owned((RunFiles.ErrorStore, Again(errors)));
        same.SetExited(FakeInit.Exit(3));
        next.Engine.Adopt([same]);
        await next.IdleAsync();
        Assert.Single(next.Engine.Ended);
        Assert.Empty(next.Observer.Take());
    }

    [Fact]
    public async Task An_end_that_was_told_is_not_told_by_the_next_instance()
    {
        _fixture.Submit("writes");
        FakeProcess process = await _fixture.StartedAsync();
        KeptDescriptor kept = process.Spec.Kept.Single(one => one.Name == RunFiles.ErrorStore);
        using SafeFileHandle errors = Again(kept.Handle);
        process.Exit();
        await _fixture.IdleAsync();
        Assert.Contains(_fixture.Observer.Take(), line => line.StartsWith("ended writes", StringComparison.Ordinal));

        using var next = new EngineFixture();
        Child same = Owned((RunFiles.ErrorStore, errors));
        same.SetExited(FakeInit.Exit(0));
        next.Engine.Adopt([same]);
        await next.IdleAsync();
        Assert.Empty(next.Observer.Take());
    }

    private static SafeFileHandle Again(StreamFile file) => Again(file.Handle);

    private static SafeFileHandle Again(SafeHandle file) =>
        File.OpenHandle($"/proc/self/fd/{file.DangerousGetHandle()}", FileMode.Open, FileAccess.ReadWrite, FileShare.ReadWrite);

    private static Child Owned(params (string Name, SafeHandle Handle)[] kept)
    {
        RunId id = RunId.New(DateTimeOffset.UnixEpoch);
        var note = new RunNote(id, RunRole.Run, "old", ScopeSet.From([], ["src"]), DateTimeOffset.UnixEpoch, s_window, s_window);
        return new Child(1, 4001, id.Value, DateTimeOffset.UnixEpoch, note.ToBytes(), kept.ToDictionary(one => one.Name, one => one.Handle));
    }
}
