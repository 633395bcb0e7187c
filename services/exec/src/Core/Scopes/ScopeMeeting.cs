using PvExec.Tasks.Core;

namespace PvExec.Exec.Core.Scopes;

/// <summary>The two scopes for which one waits for another: one of them is where they meet, and the other is that or lies in it.</summary>
/// <param name="Wanted">Of the one who waits.</param>
/// <param name="Used">Of the other one; a scope that it writes before one that it reads.</param>
public readonly record struct ScopeMeeting(string Wanted, string Used)
{
    /// <param name="where">The scope of the queue in which the one stands behind the other.</param>
    public static ScopeMeeting Of(ScopeSet waiter, ScopeSet other, string where)
    {
        ScopeClaim[] wanted = [.. In(waiter, where)];
        foreach (ScopeClaim used in In(other, where).OrderByDescending(claim => claim.Access == ScopeAccess.Write))
        {
            foreach (ScopeClaim claim in used.Scope == where ? wanted : wanted.Where(claim => claim.Scope == where))
            {
                if (used.Access == ScopeAccess.Write || claim.Access == ScopeAccess.Write)
                {
                    return new ScopeMeeting(claim.Scope, used.Scope);
                }
            }
        }

        return new ScopeMeeting(where, where);
    }

    private static IEnumerable<ScopeClaim> In(ScopeSet scopes, string where) =>
        scopes.Claims.Where(claim => claim.Scope == where || (claim.Scope.StartsWith(where, StringComparison.Ordinal) && claim.Scope[where.Length] == '/'));
}
