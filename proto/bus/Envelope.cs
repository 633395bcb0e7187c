namespace PvExec.Proto.Bus;

/// <summary>
/// What surrounds every message: the MessagePack array <c>[version, kind, correlation, deadline, trace, body, time to live]</c>.
/// The first three stay as they are in every version, so that any version can be answered; the last may be missing.
/// </summary>
/// <param name="Version">1; see <see cref="CurrentVersion"/>.</param>
/// <param name="Kind">Which message the body is.</param>
/// <param name="Correlation">A call: chosen by the caller, repeated in the answer. An event: counts up by one a topic.</param>
/// <param name="Deadline">
/// As callers of releases without a time to live say when they stop waiting; Unix milliseconds on the wire, or nil. Read
/// where there is no <paramref name="TimeToLive"/>, and written by nobody.
/// </param>
/// <param name="TraceParent">The caller's W3C trace context, or null.</param>
/// <param name="Body">The message, MessagePack inside a <c>bin</c>.</param>
/// <param name="TimeToLive">How long the caller waits, from when this is sent; milliseconds on the wire, null for as long as it takes.</param>
public sealed record Envelope(
    int Version,
    string Kind,
    ulong Correlation,
    DateTimeOffset? Deadline,
    string? TraceParent,
    ReadOnlyMemory<byte> Body,
    TimeSpan? TimeToLive = null)
{
    public const int CurrentVersion = 1;
}
