namespace PvExec.Proto.Bus;

/// <summary>
/// What surrounds every message: the MessagePack array <c>[version, kind, correlation, deadline, trace, body]</c>. The
/// first three stay as they are in every version, so that any version can be answered.
/// </summary>
/// <param name="Version">1; see <see cref="CurrentVersion"/>.</param>
/// <param name="Kind">Which message the body is.</param>
/// <param name="Correlation">A call: chosen by the caller, repeated in the answer. An event: counts up by one a topic.</param>
/// <param name="Deadline">When the caller stops waiting; Unix milliseconds on the wire, or nil.</param>
/// <param name="TraceParent">The caller's W3C trace context, or null.</param>
/// <param name="Body">The message, MessagePack inside a <c>bin</c>.</param>
public sealed record Envelope(
    int Version,
    string Kind,
    ulong Correlation,
    DateTimeOffset? Deadline,
    string? TraceParent,
    ReadOnlyMemory<byte> Body)
{
    public const int CurrentVersion = 1;
}
