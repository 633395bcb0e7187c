namespace PvExec.Bus.Calls;

/// <summary>What a handler knows about the call beside its message.</summary>
/// <param name="Peer">Who calls.</param>
/// <param name="Kind">The request's kind.</param>
/// <param name="Deadline">When the caller stops waiting, or null. The handler's cancellation token ends with it.</param>
/// <param name="TraceParent">The caller's W3C trace context, or null.</param>
public sealed record BusCall(BusPeer Peer, string Kind, DateTimeOffset? Deadline, string? TraceParent);
