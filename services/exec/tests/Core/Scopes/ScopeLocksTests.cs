using PvExec.Exec.Core.Scopes;

namespace PvExec.Exec.Tests.Core.Scopes;

public sealed class ScopeLocksTests
{
    private readonly ScopeLocks _locks = new(TimeProvider.System);

    [Fact]
    public void Readers_hold_a_scope_together()
    {
        Assert.True(Read("src").IsHeld);
        Assert.True(Read("src").IsHeld);
    }

    [Fact]
    public void A_writer_waits_for_readers()
    {
        ScopeTicket first = Read("src");
        ScopeTicket second = Read("src");
        ScopeTicket writer = Write("src");

        first.Release();
        Assert.False(writer.IsHeld);
        second.Release();
        Assert.True(writer.IsHeld);
        Assert.True(writer.Granted.IsCompletedSuccessfully);
    }

    [Fact]
    public void A_reader_does_not_overtake_a_writer_that_waits()
    {
        ScopeTicket reader = Read("src");
        ScopeTicket writer = Write("src");
        ScopeTicket late = Read("src");

        Assert.False(late.IsHeld);
        reader.Release();
        Assert.True(writer.IsHeld);
        Assert.False(late.IsHeld);
        writer.Release();
        Assert.True(late.IsHeld);
    }

    [Fact]
    public void Nothing_is_held_before_everything_is()
    {
        ScopeTicket dep = Write("dep");
        ScopeTicket both = Ask(["src"], ["dep"]);

        Assert.False(both.IsHeld);
        Assert.Equal([], _locks.Snapshot().Single(use => use.Scope == "src").Holders);
        dep.Release();
        Assert.True(both.IsHeld);
    }

    [Fact]
    public void A_scope_in_both_lists_is_written()
    {
        Ask(["src"], ["src"]);

        Assert.False(Read("src").IsHeld);
    }

    [Fact]
    public void A_set_without_scopes_is_granted_at_once()
    {
        Write("src");

        Assert.True(Ask([], []).Granted.IsCompletedSuccessfully);
    }

    [Fact]
    public void Opposite_orders_do_not_deadlock()
    {
        ScopeTicket blocker = Ask([], ["a", "b"]);
        ScopeTicket one = Ask(["a"], ["b"]);
        ScopeTicket other = Ask(["b"], ["a"]);

        blocker.Release();
        Assert.True(one.IsHeld);
        one.Release();
        Assert.True(other.IsHeld);
    }

    [Fact]
    public void A_writer_that_gives_up_lets_the_readers_behind_it_through()
    {
        Read("src");
        ScopeTicket writer = Write("src");
        ScopeTicket late = Read("src");

        Assert.True(writer.TryWithdraw());
        Assert.True(late.IsHeld);
        Assert.True(writer.Granted.IsCanceled);
    }

    [Fact]
    public void Locks_that_are_held_cannot_be_withdrawn()
    {
        ScopeTicket writer = Write("src");

        Assert.False(writer.TryWithdraw());
        Assert.True(writer.IsHeld);
    }

    [Fact]
    public void A_second_release_does_nothing()
    {
        ScopeTicket first = Write("src");
        ScopeTicket second = Write("src");
        first.Release();
        first.Release();

        Assert.True(second.IsHeld);
        Assert.False(Write("src").IsHeld);
    }

    [Fact]
    public void The_snapshot_shows_who_holds_and_who_waits_and_why()
    {
        _locks.Request(ScopeSet.From([], ["src"]), "A", "build");
        _locks.Request(ScopeSet.From(["src"], []), "B", "save");

        ScopeUse use = Assert.Single(_locks.Snapshot());
        Assert.Equal(("A", "build", ScopeAccess.Write), Short(Assert.Single(use.Holders)));
        Assert.Equal(("B", "save", ScopeAccess.Read), Short(Assert.Single(use.Waiters)));

        static (string, string, ScopeAccess) Short(ScopeUser user) => (user.Holder, user.Reason, user.Access);
    }

    [Fact]
    public void Nothing_is_kept_of_a_scope_that_nobody_uses()
    {
        Write("src").Release();

        Write("a/b/c").Release();
        Limited(1).Release();

        Assert.Empty(_locks.Snapshot());
        Assert.Equal(0, _locks.Queues);
        Assert.Equal(0, _locks.Waiting);
    }

    [Theory]
    [InlineData("src", "src/app")]
    [InlineData("src", "src/app/deep/down")]
    [InlineData("src/app", "src/app/deep")]
    [InlineData("/src//app/", "src/app")]
    public void A_scope_and_one_below_it_exclude_each_other_when_either_is_written(string above, string below)
    {
        foreach ((string first, string second) in new[] { (above, below), (below, above) })
        {
            Excludes(Write(first), Write(second));
            Excludes(Write(first), Read(second));
            Excludes(Read(first), Write(second));
        }

        ScopeTicket reader = Read(above);
        Assert.True(Read(below).IsHeld);
        Assert.True(reader.IsHeld);

        static void Excludes(ScopeTicket holder, ScopeTicket other)
        {
            Assert.True(holder.IsHeld);
            Assert.False(other.IsHeld);
            holder.Release();
            Assert.True(other.IsHeld);
            other.Release();
        }
    }

    [Theory]
    [InlineData("src/app", "src/lib")]
    [InlineData("src", "srcs")]
    [InlineData("src/app", "src/app-old")]
    [InlineData("src/app", "app")]
    public void Scopes_of_which_none_holds_the_other_have_nothing_to_do_with_each_other(string one, string other)
    {
        Assert.True(Write(one).IsHeld);
        Assert.True(Write(other).IsHeld);
    }

    [Fact]
    public void A_writer_of_the_whole_waits_for_all_parts_and_is_not_overtaken_by_another_part()
    {
        ScopeTicket app = Write("src/app");
        ScopeTicket lib = Read("src/lib");
        ScopeTicket whole = Write("src");
        ScopeTicket late = Write("src/late");

        app.Release();
        Assert.False(whole.IsHeld);
        lib.Release();
        Assert.True(whole.IsHeld);
        Assert.False(late.IsHeld);
        whole.Release();
        Assert.True(late.IsHeld);
    }

    [Fact]
    public void Who_reads_the_whole_and_writes_a_part_lets_readers_of_other_parts_in_only()
    {
        Assert.True(Ask(["src"], ["src/app"]).IsHeld);

        Assert.True(Read("src/lib").IsHeld);
        Assert.False(Read("src/app").IsHeld);
        Assert.False(Read("src").IsHeld);
        Assert.False(Write("src/lib").IsHeld);
    }

    [Fact]
    public void A_set_that_names_a_scope_and_one_below_it_is_not_in_its_own_way() =>
        Assert.True(Ask(["src/app/deep"], ["src", "src/app"]).IsHeld);

    [Fact]
    public void A_limited_task_runs_so_many_times_at_once_and_the_next_in_order()
    {
        ScopeTicket[] runs = [.. Enumerable.Range(0, 4).Select(_ => Limited(2))];

        Assert.Equal([true, true, false, false], runs.Select(run => run.IsHeld));
        runs[1].Release();
        Assert.Equal([true, false, true, false], runs.Select(run => run.IsHeld));
        Assert.True(Limited(1, "/tasks/other").IsHeld);
    }

    [Fact]
    public void A_run_that_waits_for_its_scope_has_its_place_among_the_runs_of_its_task()
    {
        ScopeTicket writer = Write("src");
        ScopeTicket waits = Limited(1, inputs: ["src"]);
        ScopeTicket behind = Limited(1);

        Assert.False(behind.IsHeld);
        Assert.True(waits.TryWithdraw());
        Assert.True(behind.IsHeld);
        Assert.True(writer.IsHeld);
    }

    [Fact]
    public void A_limit_that_is_lowered_holds_for_those_that_come_after()
    {
        ScopeTicket first = Limited(3);
        ScopeTicket second = Limited(3);
        ScopeTicket lowered = Limited(1);
        ScopeTicket raised = Limited(3);

        first.Release();
        Assert.False(lowered.IsHeld);
        Assert.False(raised.IsHeld);
        second.Release();
        Assert.True(lowered.IsHeld);
        Assert.True(raised.IsHeld);
    }

    [Fact]
    public void Who_waits_knows_for_whom_and_where()
    {
        ScopeTicket holder = _locks.Request(ScopeSet.From([], ["src"]), "A", "build");
        _locks.Request(ScopeSet.From(["src/lib"], []), "B", "save");
        ScopeTicket waits = _locks.Request(ScopeSet.From([], ["src/lib/x", "free"]), "C", "edit");

        Assert.Equal(
            [("A", "build", "src", true), ("B", "save", "src/lib", false)],
            waits.WaitsFor(10).Select(blocker => (blocker.Holder, blocker.Reason, blocker.Where, blocker.Holds)));
        Assert.Equal(("A", false), (Assert.Single(waits.WaitsFor(1)).Holder, waits.WaitsFor(1)[0].IsLimit));
        Assert.Empty(holder.WaitsFor(10));
    }

    [Fact]
    public void Who_waits_for_its_task_names_the_runs_of_it()
    {
        ScopeTicket first = Limited(1);

        ScopeBlocker blocker = Assert.Single(Limited(1).WaitsFor(10));

        Assert.Equal(("/tasks/a", true), (blocker.Where, blocker.IsLimit));
        Assert.True(first.IsHeld);
    }

    private ScopeTicket Limited(int most, string directory = "/tasks/a", string[]? inputs = null) =>
        _locks.Request(ScopeSet.From(inputs ?? [], [], new TaskLimit(directory, most)), "test", "test");

    private ScopeTicket Read(string scope) => Ask([scope], []);

    private ScopeTicket Write(string scope) => Ask([], [scope]);

    private ScopeTicket Ask(string[] inputs, string[] outputs) => _locks.Request(ScopeSet.From(inputs, outputs), "test", "test");
}
