namespace PvExec.Hosting.Succession;

/// <summary>
/// The call reached an instance that has handed over, and nothing was done for it. It is refused so that the caller's
/// gRPC library repeats it on a new connection by itself (REFUSED_STREAM, RFC 9113 section 8.7).
/// </summary>
public sealed class HandedOverException() : Exception("this instance has handed over to a new one: the call is to be repeated there");
