namespace PvExec.Exec.Core.Scopes;

/// <summary>What a watcher is told next.</summary>
/// <param name="Scopes">Those to be looked up now, with <see cref="ScopeLocks.UseOf"/>.</param>
/// <param name="IsAll">A listing of all scopes in use begins with it: what is not listed is not in use.</param>
/// <param name="GoesOn">The listing is not complete with it.</param>
public sealed record ScopeNews(IReadOnlyList<string> Scopes, bool IsAll, bool GoesOn);
