using PvExec.Tasks.Core;

namespace PvExec.Exec.Core.Scopes;

/// <summary>Who holds a scope or waits for it.</summary>
/// <param name="Since">When it was granted, or when it was asked for.</param>
public sealed record ScopeUser(string Holder, string Reason, ScopeAccess Access, DateTimeOffset Since);
