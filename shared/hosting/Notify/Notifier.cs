using System.Net.Sockets;
using System.Text;
using Microsoft.Extensions.Hosting.Systemd;

namespace PvExec.Hosting.Notify;

/// <summary>
/// Speaks to whoever started the service (sd_notify(3)) through one socket that is held from the start: a service that has no
/// descriptor left says all the same that it lives, and how the main process ended. Thread-safe.
/// </summary>
internal sealed class Notifier : ISystemdNotifier, IDisposable
{
    private readonly string? _path;

    /// <summary>Guards the socket.</summary>
    private readonly Lock _lock = new();
    private Socket? _socket;

    /// <param name="path">NOTIFY_SOCKET; null where nobody listens.</param>
    public Notifier(string? path)
    {
        _path = path;
        try
        {
            _socket = IsEnabled ? Connect() : null;
        }
        catch (SocketException)
        {
            // It is tried again, and told of, when there is something to say.
            return;
        }
    }

    public bool IsEnabled => !string.IsNullOrEmpty(_path);

    /// <exception cref="SocketException">Nobody listens there, or it cannot be asked.</exception>
    public void Notify(ServiceState state)
    {
        if (!IsEnabled)
        {
            return;
        }

        byte[] text = Encoding.UTF8.GetBytes(state.ToString());
        lock (_lock)
        {
            try
            {
                (_socket ??= Connect()).Send(text);
            }
            catch (SocketException e) when (e.SocketErrorCode is SocketError.ConnectionRefused or SocketError.NotConnected or SocketError.ConnectionReset)
            {
                // Whoever listened has opened its socket anew.
                _socket?.Dispose();
                _socket = null;
                (_socket = Connect()).Send(text);
            }
        }
    }

    public void Dispose()
    {
        lock (_lock)
        {
            _socket?.Dispose();
        }
    }

    private Socket Connect()
    {
        var socket = new Socket(AddressFamily.Unix, SocketType.Dgram, ProtocolType.Unspecified);
        try
        {
            // '@' stands for the zero byte of an abstract name.
            socket.Connect(new UnixDomainSocketEndPoint(_path![0] == '@' ? '\0' + _path[1..] : _path));
            return socket;
        }
        catch (SocketException)
        {
            socket.Dispose();
            throw;
        }
    }
}
