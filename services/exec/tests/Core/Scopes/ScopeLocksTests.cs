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

        Assert.Empty(_locks.Snapshot());
        Assert.Equal(0, _locks.Waiting);
    }

    private ScopeTicket Read(string scope) => Ask([scope], []);

    private ScopeTicket Write(string scope) => Ask([], [scope]);

    private ScopeTicket Ask(string[] inputs, string[] outputs) => _locks.Request(ScopeSet.From(inputs, outputs), "test", "test");
}
