using PvExec.Exec.Core.Output;
using PvExec.Exec.Core.Runs;
using PvExec.Exec.Core.Scopes;
using PvExec.Kernel;

namespace PvExec.Exec.Tests.Core.Runs;

public sealed class RunWatchTests
{
    private readonly RunWatches _watches = new();

    [Fact]
    public void All_runs_are_the_first_news_and_then_those_that_changed_each_once_in_order()
    {
        RunWatch watch = _watches.Open().Value;
        Run one = New(1), two = New(2);
        _watches.Changed(one);

        Assert.True(watch.Next()!.IsAll);
        Assert.Null(watch.Next());
        _watches.Changed(two);
        _watches.Changed(one);
        _watches.Changed(two);
        RunNews news = watch.Next()!;
        Assert.False(news.IsAll);
        Assert.Equal([one, two], news.Changed);
        Assert.Null(watch.Next());
    }

    [Fact]
    public async Task Whoever_waits_is_woken()
    {
        RunWatch watch = _watches.Open().Value;
        watch.Next();
        Task changed = watch.Changed();
        Assert.False(changed.IsCompleted);

        _watches.Changed(New(1));

        await changed.WaitAsync(TimeSpan.FromSeconds(60));
    }

    [Fact]
    public void One_that_never_looks_holds_a_bounded_number_and_looks_at_all_again()
    {
        RunWatch watch = _watches.Open().Value;
        watch.Next();
        for (int i = 0; i <= RunWatch.MaxChanged; i++)
        {
            _watches.Changed(New(i));
        }

        RunNews news = watch.Next()!;
        Assert.True(news.IsAll);
        Assert.Empty(news.Changed);
    }

    [Fact]
    public void There_are_so_many_at_most_and_one_that_has_left_makes_room()
    {
        RunWatch[] all = [.. Enumerable.Range(0, RunWatches.MaxWatches).Select(_ => _watches.Open().Value)];

        Assert.Equal(FaultKind.ResourceExhausted, _watches.Open().Fault!.Kind);
        all[7].Dispose();
        Assert.Null(_watches.Open().Fault);
    }

    private static Run New(int second) => new(
        RunId.New(DateTimeOffset.UnixEpoch.AddSeconds(second)), "task", ScopeSet.Empty, DateTimeOffset.UnixEpoch,
        new RunOutput(new StreamWindow(0, 0), new StreamWindow(0, 0)));
}
