using System.Net.Sockets;
using Microsoft.Extensions.Logging;
using NetMQ;

namespace PvExec.Bus.Transport;

/// <summary>
/// Unix sockets for NetMQ: what <c>ipc://path</c> is in libzmq, on the wire too. For ROUTER, DEALER, PUB, XPUB, SUB and
/// XSUB. NetMQ's own <c>ipc://</c> is loopback TCP on a hashed port.
/// <para>
/// The socket must belong to <c>poller</c>, whose thread attaches the connections; set the socket's options, above all
/// <c>MaxMsgSize</c>, before. What a peer sends is looked at before NetMQ sees it: one that does not keep to ZMTP 3 or
/// to the limits loses its connection and disturbs nobody else. A subscription is sent again on every new connection. What was queued for a connection
/// that ended is lost, as with any ZeroMQ transport. Dispose the binding before the socket.
/// </para>
/// </summary>
public static class UnixTransport
{
    /// <summary>Creates the socket file, mode 0600, and listens on it. A file left by a dead process is replaced.</summary>
    /// <exception cref="SocketException">The path is in use, too long (108 bytes) or not writable.</exception>
    public static UnixListener BindUnix(this NetMQSocket socket, string path, NetMQPoller poller, UnixTransportOptions options, ILogger log) =>
        new(new Attachment(socket, path, poller, options, log), UnixPath.Listen(path), options, log);

    /// <summary>Listens on a socket that somebody else bound and listens on; it is owned from now on.</summary>
    public static UnixListener BindUnix(this NetMQSocket socket, SafeSocketHandle listening, NetMQPoller poller, UnixTransportOptions options, ILogger log)
    {
        var server = new Socket(listening);
        return new UnixListener(new Attachment(socket, server.LocalEndPoint?.ToString() ?? "inherited", poller, options, log), server, options, log);
    }

    /// <summary>
    /// Connects now and whenever the connection ended, until disposed. Nobody need listen yet. Without a connection a
    /// DEALER takes no messages: wait for <c>SendReady</c>, since a send that blocks the poller's thread also keeps the
    /// connection from being attached.
    /// </summary>
    /// <param name="changed">On the poller's thread: true when a connection was attached, false when it ended or could not be made.</param>
    public static UnixConnector ConnectUnix(
        this NetMQSocket socket,
        string path,
        NetMQPoller poller,
        UnixTransportOptions options,
        ILogger log,
        Action<bool>? changed = null) =>
        new(new Attachment(socket, path, poller, options, log), path, options, log, changed ?? (static _ => { }), static () => true);
}
