using PvExec.Exec.Core.Scopes;

namespace PvExec.Exec.Leases;

/// <summary>
/// A request for a lease that waits when the service hands over. Its holder's bus client asks the new instance again by
/// itself; the claim keeps its place in the queues until then.
/// </summary>
/// <param name="Order">Its place among all requests for locks.</param>
public sealed record LeaseClaim(long Order, string Holder, string Reason, ScopeSet Scopes);
