using PvExec.Exec.Core.Scopes;
using PvExec.Kernel;
using PvExec.Testing;

namespace PvExec.Exec.Tests.Core.Scopes;

public sealed class ScopeWatchTests
{
    private readonly ManualClock _clock = new();
    private readonly ScopeLocks _locks;
    private readonly ScopeWatches _watches;

    public ScopeWatchTests()
    {
        _locks = new ScopeLocks(_clock);
        _watches = new ScopeWatches(_locks);
    }

    [Fact]
    public void The_first_news_lists_what_is_in_use_even_when_that_is_nothing()
    {
        using ScopeWatch nothing = Watch();
        AssertNews(nothing.Next(), isAll: true);

        Write("b", "a/x");
        using ScopeWatch watch = Watch();
        AssertNews(watch.Next(), isAll: true, "a/x", "b");
        Assert.Null(watch.Next());
    }

    [Fact]
    public void A_request_a_grant_and_a_release_are_told_with_what_is_so_when_they_are_read()
    {
        using ScopeWatch watch = Watch();
        watch.Next();
        ScopeTicket first = Write("src");
        AssertNews(watch.Next(), isAll: false, "src");
        AssertUse("src", holders: ["1"], waiters: []);

        ScopeTicket second = Write("src");
        AssertNews(watch.Next(), isAll: false, "src");
        AssertUse("src", holders: ["1"], waiters: ["2"]);

        first.Release();
        AssertNews(watch.Next(), isAll: false, "src");
        AssertUse("src", holders: ["2"], waiters: []);

        second.Release();
        AssertNews(watch.Next(), isAll: false, "src");
        AssertUse("src", holders: [], waiters: []);
        Assert.Null(watch.Next());
    }

    [Fact]
    public void What_only_holds_a_scope_that_is_named_is_not_told_and_a_limit_on_runs_is_no_scope()
    {
        using ScopeWatch watch = Watch();
        watch.Next();
        _locks.Request(ScopeSet.From([], ["src/app"], new TaskLimit("/tasks/build", 1)), "1", "test");
        AssertNews(watch.Next(), isAll: false, "src/app");
        AssertUse("src", [], []);
        using ScopeWatch other = Watch();
        AssertNews(other.Next(), isAll: true, "src/app");
    }

    [Fact]
    public void Whoever_does_not_read_is_told_the_latest_of_each_scope_once()
    {
        using ScopeWatch slow = Watch();
        using ScopeWatch fast = Watch();
        slow.Next();
        fast.Next();
        for (int i = 0; i < 1000; i++)
        {
            ScopeTicket ticket = Write("a", "b");
            AssertNews(fast.Next(), isAll: false, "a", "b");
            ticket.Release();
            fast.Next();
        }

        AssertNews(slow.Next(), isAll: false, "a", "b");
        Assert.Null(slow.Next());
    }

    [Fact]
    public void Whoever_has_missed_too_much_is_told_everything_anew()
    {
        using ScopeWatch watch = Watch();
        watch.Next();
        Write("stays");
        for (int i = 0; i <= ScopeWatch.MostUnread; i++)
        {
            Write($"gone/{i}").Release();
        }

        AssertNews(watch.Next(), isAll: true, "stays");
        Assert.Null(watch.Next());
    }

    [Fact]
    public void A_listing_comes_in_parts_and_what_changes_meanwhile_is_told_after_it()
    {
        ScopeTicket[] tickets = [.. Enumerable.Range(0, 200).Select(i => Write($"s{i}"))];
        using ScopeWatch watch = Watch();
        var listed = new List<string>();
        ScopeNews news = watch.Next()!;
        Assert.True(news.IsAll);
        listed.AddRange(news.Scopes);
        tickets[7].Release();
        while (news.GoesOn)
        {
            news = watch.Next()!;
            Assert.False(news.IsAll);
            listed.AddRange(news.Scopes);
        }

        Assert.Equal(Enumerable.Range(0, 200).Select(i => $"s{i}").Order(), listed.Order());
        AssertNews(watch.Next(), isAll: false, "s7");
    }

    [Fact]
    public async Task Who_waits_for_a_change_wakes_though_another_one_looked_first()
    {
        using ScopeWatch one = Watch();
        using ScopeWatch other = Watch();
        one.Next();
        other.Next();
        Task changed = one.Changed();
        Assert.Null(one.Next());
        Assert.False(changed.IsCompleted);

        Write("src");
        AssertNews(other.Next(), isAll: false, "src");
        await changed.WaitAsync(TimeSpan.FromSeconds(30));
        AssertNews(one.Next(), isAll: false, "src");
    }

    [Theory]
    [InlineData("src", true)]
    [InlineData("src/app", true)]
    [InlineData("src/app/x", true)]
    [InlineData("src/app2", false)]
    [InlineData("src/lib", false)]
    [InlineData("sr", false)]
    public void One_who_watches_one_scope_is_told_of_it_of_those_in_it_and_of_those_that_hold_it(string changed, bool isTold)
    {
        using ScopeWatch watch = _watches.Open(ScopeName.Parse("src/app").Value).Value;
        Write(changed);
        AssertNews(watch.Next(), isAll: true, isTold ? [changed] : []);
        Write(changed);
        Assert.Equal(isTold, watch.Next() is not null);
    }

    [Fact]
    public void Of_many_users_the_first_are_listed_and_all_are_counted()
    {
        for (int i = 0; i < 100; i++)
        {
            Ask(["src"], []);
        }

        for (int i = 0; i < 50; i++)
        {
            Write("src");
            Ask(["src"], []);
        }

        ScopeUse use = _locks.UseOf("src", 3);
        Assert.Equal(["1", "2", "3"], use.Holders.Select(user => user.Holder));
        Assert.Equal(["101", "102", "103"], use.Waiters.Select(user => user.Holder));
        Assert.Equal((100, 100), (use.HolderCount, use.WaiterCount));
    }

    [Fact]
    public void A_listed_use_is_that_of_the_whole_snapshot()
    {
        Write("src/app");
        Ask(["src"], ["src/lib"]);
        Write("src", "dep");
        Ask(["dep"], []);
        foreach (ScopeUse expected in _locks.Snapshot())
        {
            ScopeUse use = _locks.UseOf(expected.Scope, 100);
            Assert.Equal(expected.Holders, use.Holders);
            Assert.Equal(expected.Waiters, use.Waiters);
            Assert.Equal((expected.HolderCount, expected.WaiterCount), (use.HolderCount, use.WaiterCount));
        }
    }

    [Fact]
    public void So_many_may_watch_and_no_more_until_one_ends()
    {
        var watches = new ScopeWatches(_locks) { Most = 1 };
        ScopeWatch first = watches.Open(null).Value;
        Assert.Equal(FaultKind.ResourceExhausted, watches.Open(null).Fault?.Kind);
        first.Dispose();
        using ScopeWatch second = watches.Open(null).Value;
        AssertNews(second.Next(), isAll: true);
    }

    [Fact]
    public void Times_of_an_earlier_instance_are_kept()
    {
        DateTimeOffset before = _clock.GetUtcNow() - TimeSpan.FromHours(1);
        ScopeTicket held = _locks.Request(ScopeSet.From([], ["src"]), "1", "test", before);
        ScopeTicket waits = _locks.Request(ScopeSet.From([], ["src"]), "2", "test", before);
        Assert.Equal((before, before), (held.HeldSince, waits.Requested));

        _clock.Advance(TimeSpan.FromMinutes(1));
        held.Release();
        Assert.Equal((before, _clock.GetUtcNow()), (waits.Requested, waits.HeldSince));
    }

    private static void AssertNews(ScopeNews? news, bool isAll, params string[] scopes)
    {
        Assert.NotNull(news);
        Assert.Equal((isAll, false), (news.IsAll, news.GoesOn));
        Assert.Equal(scopes, news.Scopes.Order(StringComparer.Ordinal));
    }

    private void AssertUse(string scope, string[] holders, string[] waiters)
    {
        ScopeUse use = _locks.UseOf(scope, 10);
        Assert.Equal(holders, use.Holders.Select(user => user.Holder));
        Assert.Equal(waiters, use.Waiters.Select(user => user.Holder));
        Assert.Equal((holders.Length, waiters.Length), (use.HolderCount, use.WaiterCount));
    }

    private int _asked;

    private ScopeWatch Watch() => _watches.Open(null).Value;

    private ScopeTicket Write(params string[] scopes) => Ask([], scopes);

    private ScopeTicket Ask(string[] reads, string[] writes) => _locks.Request(ScopeSet.From(reads, writes), $"{++_asked}", "test");
}
