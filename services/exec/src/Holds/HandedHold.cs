namespace PvExec.Exec.Holds;

/// <summary>A hold as it goes from one instance of this service to the next.</summary>
/// <param name="Order">Its place among all requests for locks.</param>
/// <param name="Id">What the stream comes to the new instance with.</param>
/// <param name="IsHeld">Whether it has its locks.</param>
/// <param name="IsTold">Whether the observer knows that.</param>
/// <param name="Requested">When it was asked for.</param>
/// <param name="Since">When it was granted; of one that waits the same as <paramref name="Requested"/>.</param>
public sealed record HandedHold(
    long Order, string Id, bool IsHeld, bool IsTold, string Holder, string Reason, ScopeSet Scopes, DateTimeOffset Requested, DateTimeOffset Since);
