using PvExec.Exec.Core.Scopes;

namespace PvExec.Exec.Tests.Core.Scopes;

/// <summary>Random steps, checked after each against a reference that is one sentence long.</summary>
public sealed class ScopeLocksModelTests
{
    private const int Steps = 2_000;
    private static readonly string[] s_scopes = ["a", "b", "c", "d", "e"];

    public static TheoryData<int> Seeds => [.. Enumerable.Range(1, 40)];

    /// <summary>A ticket holds its locks when no older one that is still there has a scope in common with it that either of them writes.</summary>
    [Theory]
    [MemberData(nameof(Seeds))]
    public void Random_steps_agree_with_the_reference(int seed)
    {
        var random = new Random(seed);
        var locks = new ScopeLocks(TimeProvider.System);
        var tickets = new List<ScopeTicket>();
        for (int step = 0; step < Steps; step++)
        {
            if (tickets.Count == 0 || (random.Next(100) < 52 && tickets.Count < 40))
            {
                tickets.Add(locks.Request(ScopeSet.From(Some(random), Some(random)), $"{step}", "model"));
            }
            else
            {
                Leave(tickets, random.Next(tickets.Count), random.Next(3) == 0);
            }

            Check(locks, tickets, $"seed {seed}, step {step}");
        }

        while (tickets.Count > 0)
        {
            Assert.True(tickets[0].IsHeld, "the oldest ticket always holds its locks");
            Leave(tickets, 0, withdraw: false);
            Check(locks, tickets, $"seed {seed}, at the end");
        }

        Assert.Empty(locks.Snapshot());
    }

    private static void Leave(List<ScopeTicket> tickets, int index, bool withdraw)
    {
        ScopeTicket ticket = tickets[index];
        bool held = ticket.IsHeld;
        if (withdraw)
        {
            Assert.Equal(!held, ticket.TryWithdraw());
        }

        if (!withdraw || !held)
        {
            ticket.Release();
            Assert.Equal(!held, ticket.Granted.IsCanceled);
            tickets.RemoveAt(index);
        }
    }

    private static void Check(ScopeLocks locks, List<ScopeTicket> tickets, string when)
    {
        for (int i = 0; i < tickets.Count; i++)
        {
            bool expected = !tickets.Take(i).Any(older => Conflict(older.Scopes, tickets[i].Scopes));
            Assert.True(expected == tickets[i].IsHeld, $"{when}: ticket {tickets[i].Holder} ({tickets[i].Scopes})");
            Assert.Equal(expected, tickets[i].Granted.IsCompletedSuccessfully);
        }

        Assert.Equal(tickets.Count(ticket => !ticket.IsHeld), locks.Waiting);
    }

    private static bool Conflict(ScopeSet one, ScopeSet other) =>
        one.Claims.Any(a => other.Claims.Any(b => a.Scope == b.Scope && (a.Access == ScopeAccess.Write || b.Access == ScopeAccess.Write)));

    private static string[] Some(Random random) => [.. s_scopes.Where(_ => random.Next(5) == 0)];
}
