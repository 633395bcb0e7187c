using PvExec.Exec.Core.Scopes;

namespace PvExec.Exec.Tests.Core.Scopes;

/// <summary>
/// The rule, slowly: a ticket holds its locks when no older one that is still there is in conflict with it, and when
/// it and all older ones of its task find their limits kept.
/// </summary>
internal sealed class ReferenceLocks
{
    /// <summary>In order of arrival.</summary>
    public List<ReferenceTicket> Tickets { get; } = [];

    public void Add(ScopeTicket real)
    {
        Tickets.Add(new ReferenceTicket(real, Tickets.FindAll(older => Conflict(older.Real.Scopes, real.Scopes))));
        GiveSlots();
    }

    public void Remove(ReferenceTicket ticket)
    {
        ticket.IsGone = true;
        Tickets.Remove(ticket);
        GiveSlots();
    }

    private void GiveSlots()
    {
        foreach (IGrouping<string, ReferenceTicket> task in Tickets
            .Where(ticket => ticket.Real.Scopes.Limit is not null)
            .GroupBy(ticket => ticket.Real.Scopes.Limit!.Directory))
        {
            int older = 0;
            bool open = true;
            foreach (ReferenceTicket ticket in task)
            {
                open &= older++ < ticket.Real.Scopes.Limit!.Most;
                ticket.HasSlot = open;
            }
        }
    }

    private static bool Conflict(ScopeSet one, ScopeSet other)
    {
        foreach (ScopeClaim a in one.Claims)
        {
            foreach (ScopeClaim b in other.Claims)
            {
                if ((a.Access == ScopeAccess.Write || b.Access == ScopeAccess.Write) && (Holds(a.Scope, b.Scope) || Holds(b.Scope, a.Scope)))
                {
                    return true;
                }
            }
        }

        return false;
    }

    private static bool Holds(string scope, string other) => other == scope || other.StartsWith(scope + "/", StringComparison.Ordinal);
}
