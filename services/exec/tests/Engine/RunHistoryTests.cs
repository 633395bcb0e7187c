using PvExec.Exec.Core.Runs;

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
