using NetMQ;

namespace PvExec.Bus.Transport;

/// <summary>Where connections go: a NetMQ socket, and the poller whose thread owns it.</summary>
internal sealed class Attachment(NetMQSocket socket, string endpoint, NetMQPoller poller, UnixTransportOptions options)
{
    /// <summary>What one connection may send.</summary>
    public ZmtpLimits Limits { get; } = options.LimitsOf(socket);

    /// <summary>The path, for logs.</summary>
    public string Endpoint { get; } = endpoint;

    /// <summary>Queues work for the owner thread; <paramref name="refused"/> at once when that has ended.</summary>
    public void Post(Action action, Action refused) => poller.RunOnOwner(action, refused);

    /// <summary>Hands the connection to NetMQ. On the owner thread.</summary>
    public void Attach(EngineSocket engine, ConnectionGuard guard) => NetMQInternals.Attach(socket, engine, Endpoint, guard);
}
