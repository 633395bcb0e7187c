namespace PvExec.Exec.Core.Scopes;

/// <summary>All that one task reads and writes. Each scope is in it once; one that is read and written is written.</summary>
public sealed class ScopeSet
{
    public static readonly ScopeSet Empty = new([]);

    private ScopeSet(ScopeClaim[] claims) => Claims = claims;

    /// <summary>In the order of the scopes' names.</summary>
    public IReadOnlyList<ScopeClaim> Claims { get; }

    public IEnumerable<string> Reads => Of(ScopeAccess.Read);

    public IEnumerable<string> Writes => Of(ScopeAccess.Write);

    /// <param name="inputs">Read; may hold a scope more than once.</param>
    /// <param name="outputs">Written; may hold a scope more than once, and scopes that are read too.</param>
    public static ScopeSet From(IEnumerable<string> inputs, IEnumerable<string> outputs)
    {
        var claims = new SortedDictionary<string, ScopeAccess>(StringComparer.Ordinal);
        foreach (string scope in inputs)
        {
            claims[scope] = ScopeAccess.Read;
        }

        foreach (string scope in outputs)
        {
            claims[scope] = ScopeAccess.Write;
        }

        return claims.Count == 0 ? Empty : new ScopeSet([.. claims.Select(claim => new ScopeClaim(claim.Key, claim.Value))]);
    }

    /// <summary>Such as <c>reads src, writes dep</c>.</summary>
    public override string ToString() =>
        Claims.Count == 0
            ? "no scopes"
            : string.Join(", ", Claims.Select(claim => (claim.Access == ScopeAccess.Read ? "reads " : "writes ") + claim.Scope));

    private IEnumerable<string> Of(ScopeAccess access) => Claims.Where(claim => claim.Access == access).Select(claim => claim.Scope);
}
