namespace PvExec.Exec.Core.Scopes;

/// <summary>A scope that is in use at this moment.</summary>
/// <param name="Waiters">In order of arrival.</param>
public sealed record ScopeUse(string Scope, IReadOnlyList<ScopeUser> Holders, IReadOnlyList<ScopeUser> Waiters);
