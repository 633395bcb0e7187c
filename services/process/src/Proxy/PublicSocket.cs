using System.Net;
using System.Net.Sockets;

namespace PvExec.Processes.Proxy;

/// <summary>Opens a TCP port on all interfaces, over IPv6 and IPv4.</summary>
internal static class PublicSocket
{
    private const int Backlog = 4096;

    /// <exception cref="SocketException">It is taken, or not allowed.</exception>
    public static Socket Listen(int port)
    {
        if (Socket.OSSupportsIPv6)
        {
            var dual = new Socket(AddressFamily.InterNetworkV6, SocketType.Stream, ProtocolType.Tcp);
            try
            {
                dual.DualMode = true;
                return Bind(dual, new IPEndPoint(IPAddress.IPv6Any, port));
            }
            catch (SocketException e) when (e.SocketErrorCode is SocketError.AddressNotAvailable or SocketError.AddressFamilyNotSupported or SocketError.ProtocolOption)
            {
                // IPv6 is compiled in and switched off: IPv4 alone.
                dual.Dispose();
            }
        }

        return Bind(new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp), new IPEndPoint(IPAddress.Any, port));
    }

    private static Socket Bind(Socket socket, IPEndPoint endpoint)
    {
        try
        {
            socket.Bind(endpoint);
            socket.Listen(Backlog);
            return socket;
        }
        catch (SocketException)
        {
            socket.Dispose();
            throw;
        }
    }
}
