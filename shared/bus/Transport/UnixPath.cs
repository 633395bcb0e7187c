using System.Net.Sockets;

namespace PvExec.Bus.Transport;

/// <summary>Socket files.</summary>
internal static class UnixPath
{
    private const int Backlog = 128;

    /// <exception cref="SocketException">The path is in use, too long or not writable.</exception>
    public static Socket Listen(string path)
    {
        var server = NewSocket();
        try
        {
            RemoveStale(path);
            server.Bind(new UnixDomainSocketEndPoint(path));
            if (OperatingSystem.IsLinux())
            {
                File.SetUnixFileMode(path, UnixFileMode.UserRead | UnixFileMode.UserWrite);
            }

            server.Listen(Backlog);
            return server;
        }
        catch
        {
            server.Dispose();
            throw;
        }
    }

    public static async Task<Socket> ConnectAsync(string path, CancellationToken cancellationToken)
    {
        Socket socket = NewSocket();
        try
        {
            await socket.ConnectAsync(new UnixDomainSocketEndPoint(path), cancellationToken);
            return socket;
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }

    private static Socket NewSocket() => new(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);

    // Nobody answers on the file of a dead process: connect(2) says ECONNREFUSED. A living one makes bind(2) fail.
    private static void RemoveStale(string path)
    {
        if (!File.Exists(path))
        {
            return;
        }

        using Socket probe = NewSocket();
        try
        {
            probe.Connect(new UnixDomainSocketEndPoint(path));
        }
        catch (SocketException e) when (e.SocketErrorCode == SocketError.ConnectionRefused)
        {
            File.Delete(path);
        }
    }
}
