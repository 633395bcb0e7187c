using NetMQ;
using NetMQ.Sockets;
using PvExec.Kernel;
using PvExec.Linux;

namespace PvExec.Bus.Transport;

/// <summary>Who may connect, how many, and how patiently we do.</summary>
public sealed record UnixTransportOptions
{
    /// <summary>Only processes of our own user: 10 ms to 1 s between attempts, 256 connections, 64 of one process.</summary>
    public static UnixTransportOptions Default { get; } = new();

    /// <summary>Says whether that process may be a peer. Default: it has our effective user ID.</summary>
    public Func<PeerCredentials, bool> Allow { get; init; } = SameUser;

    /// <summary>Connections open at a time on one listening socket; more are refused.</summary>
    public int MaxConnections { get; init; } = 256;

    /// <summary>Connections of one process open at a time on one listening socket; more are refused.</summary>
    public int MaxConnectionsOfProcess { get; init; } = 64;

    /// <summary>All frames of a message together. The limit of one frame is NetMQ's: <c>MaxMsgSize</c> in the socket's options.</summary>
    public long MaxMessageBytes { get; init; } = 64 * 1024 * 1024;

    /// <summary>Frames of one message.</summary>
    public int MaxMessageFrames { get; init; } = 256;

    /// <summary>How long an accepted peer may take until its handshake is over.</summary>
    public TimeSpan GreetingTime { get; init; } = TimeSpan.FromSeconds(5);

    /// <summary>Between attempts to connect, and before connecting again after the other side went away.</summary>
    public Backoff Reconnect { get; init; } = new(TimeSpan.FromMilliseconds(10), TimeSpan.FromSeconds(1));

    public TimeProvider Time { get; init; } = TimeProvider.System;

    internal ZmtpLimits LimitsOf(NetMQSocket socket)
    {
        long frame = socket.Options.MaxMsgSize;
        return new ZmtpLimits(
            frame < 0 ? MaxMessageBytes : Math.Min(frame, MaxMessageBytes),
            MaxMessageBytes,
            MaxMessageFrames,
            socket is PublisherSocket or XPublisherSocket);
    }

    private static bool SameUser(PeerCredentials peer) => peer.Uid == EffectiveUser.Id;
}
