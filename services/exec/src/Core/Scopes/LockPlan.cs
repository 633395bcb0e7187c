using PvExec.Tasks.Core;

namespace PvExec.Exec.Core.Scopes;

/// <summary>At which nodes of the hierarchy a set of scopes has to queue: at each scope, and at all that hold it.</summary>
internal static class LockPlan
{
    /// <summary>Each node once.</summary>
    public static IReadOnlyList<LockStep> Of(IReadOnlyList<ScopeClaim> claims)
    {
        var steps = new List<LockStep>(claims.Count);
        Dictionary<string, int>? known = null;
        foreach (ScopeClaim claim in claims)
        {
            bool reads = claim.Access == ScopeAccess.Read;
            for (int slash = claim.Scope.IndexOf('/'); slash > 0; slash = claim.Scope.IndexOf('/', slash + 1))
            {
                Add(claim.Scope[..slash], reads ? LockMode.IntentRead : LockMode.IntentWrite, null);
            }

            Add(claim.Scope, reads ? LockMode.Read : LockMode.Write, claim.Access);
        }

        return steps;

        void Add(string node, LockMode mode, ScopeAccess? claimed)
        {
            known ??= new Dictionary<string, int>(claims.Count, StringComparer.Ordinal);
            if (known.TryAdd(node, steps.Count))
            {
                steps.Add(new LockStep(node, mode, claimed));
                return;
            }

            int index = known[node];
            LockStep step = steps[index];
            steps[index] = new LockStep(node, LockModes.Join(step.Mode, mode), step.Claimed ?? claimed);
        }
    }
}
