using PvExec.Kernel;

namespace PvExec.Tasks.Core;

/// <summary>All that one task holds while it runs: what it reads and writes, and its place among the runs of the same task.</summary>
/// <remarks>Each scope is in it once; one that is read and written is written.</remarks>
public sealed class ScopeSet
{
    public static readonly ScopeSet Empty = new([], null);

    private ScopeSet(ScopeClaim[] claims, TaskLimit? limit)
    {
        Claims = claims;
        Limit = limit;
    }

    /// <summary>In the order of the scopes' names.</summary>
    public IReadOnlyList<ScopeClaim> Claims { get; }

    /// <summary>Null: any number of runs.</summary>
    public TaskLimit? Limit { get; }

    public IEnumerable<string> Reads => Of(ScopeAccess.Read);

    public IEnumerable<string> Writes => Of(ScopeAccess.Write);

    /// <param name="inputs">Read; may hold a scope more than once.</param>
    /// <param name="outputs">Written; may hold a scope more than once, and scopes that are read too.</param>
    /// <returns>The set, or InvalidArgument for the first text that names no scope.</returns>
    public static Outcome<ScopeSet> Parse(IEnumerable<string> inputs, IEnumerable<string> outputs, TaskLimit? limit = null)
    {
        var claims = new SortedDictionary<string, ScopeAccess>(StringComparer.Ordinal);
        foreach ((IEnumerable<string> scopes, ScopeAccess access) in new[] { (inputs, ScopeAccess.Read), (outputs, ScopeAccess.Write) })
        {
            foreach (string text in scopes)
            {
                if (!ScopeName.Parse(text).TryGet(out ScopeName scope, out Fault? fault))
                {
                    return fault;
                }

                claims[scope.Value] = access;
            }
        }

        return claims.Count == 0 && limit is null
            ? Empty
            : new ScopeSet([.. claims.Select(claim => new ScopeClaim(claim.Key, claim.Value))], limit);
    }

    /// <summary>As <see cref="Parse"/>, of texts that are known to name scopes.</summary>
    /// <exception cref="FaultException">One does not.</exception>
    public static ScopeSet From(IEnumerable<string> inputs, IEnumerable<string> outputs, TaskLimit? limit = null) =>
        Parse(inputs, outputs, limit).Value;

    /// <summary>Such as <c>reads src, writes dep</c>.</summary>
    public override string ToString()
    {
        IEnumerable<string> parts = Claims.Select(claim => claim.ToString());
        parts = Limit is null ? parts : parts.Append(Limit.ToString());
        return parts.Any() ? string.Join(", ", parts) : "no scopes";
    }

    private IEnumerable<string> Of(ScopeAccess access) => Claims.Where(claim => claim.Access == access).Select(claim => claim.Scope);
}
