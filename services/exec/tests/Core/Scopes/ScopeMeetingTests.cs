using PvExec.Exec.Core.Scopes;

namespace PvExec.Exec.Tests.Core.Scopes;

public sealed class ScopeMeetingTests
{
    private static readonly ScopeLocks s_locks = new(TimeProvider.System);

    [Theory]
    [InlineData("", "src", "", "src", "src", "src")]
    [InlineData("", "src/app", "", "src", "src/app", "src")]
    [InlineData("", "src", "", "src/app/x", "src", "src/app/x")]
    [InlineData("src/app", "", "", "src", "src/app", "src")]
    [InlineData("src", "", "", "src/app", "src", "src/app")]
    [InlineData("src/a", "src/z", "src", "", "src/z", "src")]
    [InlineData("src", "", "src/a", "src/z", "src", "src/z")]
    [InlineData("src", "", "src", "src/z", "src", "src/z")]
    [InlineData("src", "src/z", "src", "", "src/z", "src")]
    [InlineData("", "srcs,src/app", "", "src", "src/app", "src")]
    [InlineData("", "a,dep/x/y,z", "", "b,dep/x,src", "dep/x/y", "dep/x")]
    public void The_scopes_of_both_are_told_and_those_that_exclude_each_other(
        string reads, string writes, string otherReads, string otherWrites, string wanted, string used)
    {
        ScopeTicket other = Ask(otherReads, otherWrites);
        ScopeTicket waits = Ask(reads, writes);

        ScopeBlocker blocker = Assert.Single(waits.WaitsFor(10));
        Assert.Equal(new ScopeMeeting(wanted, used), blocker.Meeting);
        Assert.Contains(blocker.Where, new[] { wanted, used });
        waits.Release();
        other.Release();
    }

    private static ScopeTicket Ask(string reads, string writes) => s_locks.Request(ScopeSet.From(Scopes(reads), Scopes(writes)), "test", "test");

    private static string[] Scopes(string text) => text.Split(',', StringSplitOptions.RemoveEmptyEntries);
}
