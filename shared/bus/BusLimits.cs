using NetMQ;

namespace PvExec.Bus;

/// <summary>How much one peer may cost. Queues are bounded by what they hold and by its bytes, whichever comes first.</summary>
public sealed record BusLimits
{
    public static BusLimits Default { get; } = new();

    /// <summary>The largest frame; a peer that announces a larger one is disconnected before any memory is taken.</summary>
    public int MaxFrameBytes { get; init; } = 1024 * 1024;

    /// <summary>
    /// Messages queued for one peer that does not read; more are dropped. Also events that wait to be sent, and calls that
    /// wait for an answer.
    /// </summary>
    public int QueuedMessages { get; init; } = 1000;

    /// <summary>
    /// Bytes queued for one peer that does not read, and from one that is not read. Also of events that wait to be sent or
    /// to be read, and of calls that wait for an answer.
    /// </summary>
    public long QueuedBytes { get; init; } = 64 * 1024 * 1024;

    /// <summary>Calls that a server works on at a time.</summary>
    public int CallsInFlight { get; init; } = 4000;

    /// <summary>Calls of one connection that a server works on at a time.</summary>
    public int CallsInFlightOfPeer { get; init; } = 1000;

    /// <summary>Bytes of the calls that a server works on at a time.</summary>
    public long BytesInFlight { get; init; } = 64 * 1024 * 1024;

    /// <summary>Bytes of the calls of one connection that a server works on at a time.</summary>
    public long BytesInFlightOfPeer { get; init; } = 16 * 1024 * 1024;

    /// <summary>The largest event and the largest answer: NetMQ counts the messages that a peer has yet to read, and this bounds their bytes.</summary>
    internal long MaxSentBytes => Math.Min(MaxFrameBytes, QueuedBytes / QueuedMessages);

    internal void ApplyTo(NetMQSocket socket)
    {
        socket.Options.MaxMsgSize = MaxFrameBytes;
        socket.Options.SendHighWatermark = QueuedMessages;

        // Beyond it NetMQ stops reading from the peer, and nothing is lost.
        socket.Options.ReceiveHighWatermark = (int)Math.Clamp(QueuedBytes / MaxFrameBytes, 1, QueuedMessages);
        socket.Options.Linger = TimeSpan.Zero;
    }
}
