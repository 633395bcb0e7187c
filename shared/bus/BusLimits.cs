using NetMQ;

namespace PvExec.Bus;

/// <summary>How much one peer may cost.</summary>
public sealed record BusLimits
{
    public static BusLimits Default { get; } = new();

    /// <summary>The largest frame; a peer that announces a larger one is disconnected before any memory is taken.</summary>
    public int MaxFrameBytes { get; init; } = 16 * 1024 * 1024;

    /// <summary>Messages queued for one peer that does not read, and from one that is not read; more are dropped, or held back.</summary>
    public int QueuedMessages { get; init; } = 1000;

    /// <summary>Calls that a server works on at a time.</summary>
    public int CallsInFlight { get; init; } = 4000;

    /// <summary>Calls of one connection that a server works on at a time.</summary>
    public int CallsInFlightOfPeer { get; init; } = 1000;

    internal void ApplyTo(NetMQSocket socket)
    {
        socket.Options.MaxMsgSize = MaxFrameBytes;
        socket.Options.SendHighWatermark = QueuedMessages;
        socket.Options.ReceiveHighWatermark = QueuedMessages;
        socket.Options.Linger = TimeSpan.Zero;
    }
}
