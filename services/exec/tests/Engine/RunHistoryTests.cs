using PvExec.Exec.Core.Runs;
using PvExec.Testing;

namespace PvExec.Exec.Tests.Engine;

public sealed class RunHistoryTests
{
    [Fact]
    public async Task The_runs_that_ended_last_are_kept_and_the_oldest_is_acknowledged_when_it_leaves()
    {
        using var fixture = new EngineFixture(new ExecOptions { MaxEndedRuns = 2 });
        (Run first, FakeProcess process) = await RunAsync(fixture, "one");
        (Run second, _) = await RunAsync(fixture, "two");
        Assert.Empty(fixture.Init.Acknowledged);
        (Run third, _) = await RunAsync(fixture, "three");

        Assert.Equal([process.Child], fixture.Init.Acknowledged);
        Assert.Equal([second, third], fixture.Engine.Ended);
        Assert.Null(fixture.Engine.Find(first.Id));
        Assert.Same(second, fixture.Engine.Find(second.Id));
        Assert.Equal("two", EngineFixture.Text(second));
        Assert.False(first.Output.TryHold());
    }

    [Fact]
    public async Task More_output_than_is_kept_makes_the_oldest_leave()
    {
        using var fixture = new EngineFixture(new ExecOptions { MaxEndedOutputBytes = 5 });
        await RunAsync(fixture, "abcd");
        (Run second, _) = await RunAsync(fixture, "ef");
        Assert.Equal([second], fixture.Engine.Ended);
    }

    [Fact]
    public async Task What_finish_was_started_with_counts_as_output_in_memory()
    {
        using var fixture = new EngineFixture(new ExecOptions { MaxEndedOutputBytes = 3000 });
        TaskFiles.Write(fixture.Root, "finished/run", "true");
        TaskFiles.Write(fixture.Root, "finished/finish", "#!/bin/sh");
        var runs = new List<Run>();
        for (int i = 0; i < 2; i++)
        {
            runs.Add(fixture.Submit("finished", variables: ("X", new string('x', 2000))));
            (await fixture.StartedAsync()).Exit();
            (await fixture.StartedAsync()).Exit();
            await fixture.IdleAsync();
        }

        Assert.Equal([runs[1]], fixture.Engine.Ended);
    }

    private static async Task<(Run Run, FakeProcess Process)> RunAsync(EngineFixture fixture, string output)
    {
        Run run = fixture.Submit("free");
        FakeProcess process = await fixture.StartedAsync();
        process.Write(output);
        process.Exit();
        await fixture.IdleAsync();
        return (run, process);
    }
}
