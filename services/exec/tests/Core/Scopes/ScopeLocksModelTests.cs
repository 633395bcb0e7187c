using PvExec.Exec.Core.Scopes;

namespace PvExec.Exec.Tests.Core.Scopes;

/// <summary>Random claims, releases and cancellations, compared after each with <see cref="ReferenceLocks"/>.</summary>
public sealed class ScopeLocksModelTests
{
    private const int Steps = 10_000;
    private const int MostTickets = 40;

    /// <summary>Siblings, a name that another one begins with, and up to three levels.</summary>
    private static readonly string[] s_scopes =
        ["a", "a/x", "a/x/1", "a/x/2", "a/y", "a-b", "b", "b/x", "b/x/1/deep", "c", "c/x", "d"];

    public static TheoryData<int> Seeds => [.. Enumerable.Range(1, 24)];

    [Theory]
    [MemberData(nameof(Seeds))]
    public void Random_steps_agree_with_the_reference(int seed)
    {
        var random = new Random(seed);
        var locks = new ScopeLocks(TimeProvider.System);
        var reference = new ReferenceLocks();
        for (int step = 0; step < Steps; step++)
        {
            if (reference.Tickets.Count == 0 || (random.Next(100) < 52 && reference.Tickets.Count < MostTickets))
            {
                reference.Add(locks.Request(Claims(random, seed), $"{step}", "model"));
            }
            else
            {
                Leave(reference, reference.Tickets[random.Next(reference.Tickets.Count)], random.Next(3) == 0);
            }

            Check(locks, reference, $"seed {seed}, step {step}");
        }

        while (reference.Tickets.Count > 0)
        {
            Assert.True(reference.Tickets[0].Real.IsHeld, $"seed {seed}: the oldest ticket always holds its locks");
            Leave(reference, reference.Tickets[0], withdraw: false);
            Check(locks, reference, $"seed {seed}, at the end");
        }

        Assert.Equal(0, locks.Queues);
    }

    private static void Leave(ReferenceLocks reference, ReferenceTicket ticket, bool withdraw)
    {
        bool held = ticket.Real.IsHeld;
        if (withdraw)
        {
            Assert.Equal(!held, ticket.Real.TryWithdraw());
        }

        if (!withdraw || !held)
        {
            ticket.Real.Release();
            Assert.Equal(!held, ticket.Real.Granted.IsCanceled);
            reference.Remove(ticket);
        }
    }

    private static void Check(ScopeLocks locks, ReferenceLocks reference, string when)
    {
        int waiting = 0;
        foreach (ReferenceTicket ticket in reference.Tickets)
        {
            bool expected = ticket.MustHold;
            Assert.True(expected == ticket.Real.IsHeld, $"{when}: ticket {ticket.Real.Holder} ({ticket.Real.Scopes}) must {(expected ? "" : "not ")}hold its locks");
            Assert.True(expected == ticket.Real.Granted.IsCompletedSuccessfully, $"{when}: ticket {ticket.Real.Holder} was told otherwise");
            waiting += expected ? 0 : 1;
        }

        Assert.True(waiting == locks.Waiting, $"{when}: {waiting} wait, not {locks.Waiting}");

        // The youngest has everybody ahead of it: it names those in conflict, and nobody else when only scopes are claimed.
        if (reference.Tickets is [.., { Real.Scopes.Limit: null } youngest])
        {
            string[] named = [.. youngest.Real.WaitsFor(MostTickets).Select(blocker => blocker.Holder)];
            string[] expected = [.. youngest.Conflicting.Where(older => !older.IsGone).Select(older => older.Real.Holder)];
            Assert.True(expected.SequenceEqual(named), $"{when}: {youngest.Real.Holder} waits for {string.Join(' ', expected)}, not for {string.Join(' ', named)}");
        }
    }

    /// <summary>Few scopes a ticket with an odd seed, many with an even one; some of a task with a limit that is edited now and then.</summary>
    private static ScopeSet Claims(Random random, int seed)
    {
        int rarity = seed % 2 == 0 ? 6 : 16;
        TaskLimit? limit = random.Next(4) == 0 ? new TaskLimit($"/task/{random.Next(2)}", random.Next(10) == 0 ? 1 : 3) : null;
        return ScopeSet.From(Some(), Some(), limit);

        string[] Some() => [.. s_scopes.Where(_ => random.Next(rarity) == 0)];
    }
}
