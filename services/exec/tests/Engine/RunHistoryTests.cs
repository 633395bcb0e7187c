using System.Text;
using PvExec.Exec.Core.Output;
using PvExec.Exec.Core.Runs;
using PvExec.Exec.Tests.Succession;
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
    public async Task The_oldest_of_those_that_keep_much_lose_their_output_and_stay_and_those_that_keep_little_keep_it()
    {
        using var fixture = new EngineFixture(new ExecOptions { MaxEndedRuns = 5, MaxEndedOutputBytes = 100 });
        (Run small, _) = await RunAsync(fixture, "1234567890", "1234567890");
        (Run large, _) = await RunAsync(fixture, new string('x', 50), "why");
        Assert.Equal(50, large.Output.Standard.KeptBytes);
        (Run newest, _) = await RunAsync(fixture, new string('y', 40));

        Assert.Equal([small, large, newest], fixture.Engine.Ended);
        Assert.Empty(fixture.Init.Acknowledged);
        Assert.Equal((StreamPiece.Gap(50), StreamPiece.End), (large.Output.Standard.Read(0, new byte[100]), large.Output.Standard.Read(50, new byte[100])));
        Assert.Equal((50, 0), (large.Output.Standard.Length, large.Output.Standard.KeptBytes));
        Assert.Equal("why", Encoding.UTF8.GetString(large.Output.ErrorTail(10)));
        Assert.Equal(("1234567890", new string('y', 40)), (EngineFixture.Text(small), EngineFixture.Text(newest)));
        Assert.True((await large.Completion).Succeeded(out _));

        // What is gone counts no more.
        (Run next, _) = await RunAsync(fixture, "z");
        Assert.Equal([small, large, newest, next], fixture.Engine.Ended);
        Assert.Equal(new string('y', 40), EngineFixture.Text(newest));
    }

    [Fact]
    public async Task One_that_is_read_keeps_its_output_till_a_run_ends_after_its_reader_has_gone_and_no_other_loses_it_for_that()
    {
        using var fixture = new EngineFixture(new ExecOptions { MaxEndedRuns = 5, MaxEndedOutputBytes = 100 });
        (Run read, _) = await RunAsync(fixture, new string('r', 70));
        Assert.True(read.Output.TryHold());
        (Run other, _) = await RunAsync(fixture, new string('x', 50));
        Assert.Equal((70, 50), (read.Output.Standard.KeptBytes, other.Output.Standard.KeptBytes));

        read.Output.Release();
        await RunAsync(fixture, "z");
        Assert.Equal((0, 50), (read.Output.Standard.KeptBytes, other.Output.Standard.KeptBytes));
    }

    [Fact]
    public async Task Where_all_keep_little_and_a_finish_too_much_the_oldest_with_one_leaves()
    {
        using var fixture = new EngineFixture(new ExecOptions { MaxEndedRuns = 5, MaxEndedOutputBytes = 5000 });
        TaskFiles.Write(fixture.Root, "finished/run", "true");
        TaskFiles.Write(fixture.Root, "finished/finish", "#!/bin/sh");
        (Run small, _) = await RunAsync(fixture, "small");
        Run large = await FinishedAsync(fixture, 3000);
        Run newest = await FinishedAsync(fixture, 3000);

        Assert.Equal([small, newest], fixture.Engine.Ended);
        Assert.Null(fixture.Engine.Find(large.Id));
    }

    [Fact]
    public async Task What_was_lost_is_lost_for_the_next_instance_too_and_what_that_one_takes_up_leaves_whole()
    {
        var options = new ExecOptions { MaxEndedRuns = 5, MaxEndedOutputBytes = 100 };
        using var fixture = new EngineFixture(options);
        using var kept = KeptChildren.Of(fixture.Init);
        (Run lost, _) = await RunAsync(fixture, new string('x', 60), "why");
        (Run whole, _) = await RunAsync(fixture, new string('y', 60));
        using var next = new EngineFixture(options);
        next.Engine.Adopt(kept.Owned());
        next.Engine.ExpectReaders([]);

        Run taken = next.Engine.Find(lost.Id)!;
        Assert.Equal(StreamPiece.Gap(60), taken.Output.Standard.Read(0, new byte[100]));
        Assert.Equal((60, 3), (taken.Output.Standard.Length, taken.Output.KeptBytes));

        // The one before may still read from its file.
        (Run newest, _) = await RunAsync(next, new string('z', 60));
        Assert.Null(next.Engine.Find(whole.Id));
        Assert.Equal([taken, newest], next.Engine.Ended);
        Assert.Equal(new string('y', 60), EngineFixture.Text(whole));
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
            runs.Add(await FinishedAsync(fixture, 2000));
        }

        Assert.Equal([runs[1]], fixture.Engine.Ended);
    }

    /// <param name="size">Of what its finish is started with, about.</param>
    private static async Task<Run> FinishedAsync(EngineFixture fixture, int size)
    {
        Run run = fixture.Submit("finished", variables: ("X", new string('x', size)));
        (await fixture.StartedAsync()).Exit();
        (await fixture.StartedAsync()).Exit();
        await fixture.IdleAsync();
        return run;
    }

    private static async Task<(Run Run, FakeProcess Process)> RunAsync(EngineFixture fixture, string output, string errors = "")
    {
        Run run = fixture.Submit("free");
        FakeProcess process = await fixture.StartedAsync();
        process.Write(output);
        process.Write(errors, descriptor: 2);
        process.Exit();
        await fixture.IdleAsync();
        return (run, process);
    }
}
