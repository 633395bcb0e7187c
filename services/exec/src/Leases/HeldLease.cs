using PvExec.Exec.Core.Scopes;

namespace PvExec.Exec.Leases;

/// <summary>A lease as it goes from one instance of this service to the next, where its time starts anew.</summary>
public sealed record HeldLease(ulong Id, string Holder, string Reason, ScopeSet Scopes);
