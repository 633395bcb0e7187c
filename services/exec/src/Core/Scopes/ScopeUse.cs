namespace PvExec.Exec.Core.Scopes;

/// <summary>A scope that is in use at this moment.</summary>
/// <param name="Holders">In order of arrival.</param>
/// <param name="Waiters">In order of arrival.</param>
public sealed record ScopeUse(string Scope, IReadOnlyList<ScopeUser> Holders, IReadOnlyList<ScopeUser> Waiters)
{
    /// <summary>How many holders there are, listed or not.</summary>
    public int HolderCount { get; init; } = Holders.Count;

    /// <inheritdoc cref="HolderCount"/>
    public int WaiterCount { get; init; } = Waiters.Count;
}
