using System.Net.Sockets;

namespace PvExec.Bench.Bus.Peers;

/// <summary>Sends everything back on a Unix socket, with blocking calls and nothing in between.</summary>
internal static class BareEcho
{
    /// <summary>Serves one connection after the other until killed.</summary>
    public static void Serve(string path)
    {
        using Socket server = NewSocket();
        server.Bind(new UnixDomainSocketEndPoint(path));
        server.Listen();
        Console.WriteLine("ready");
        var buffer = new byte[64 * 1024];
        while (true)
        {
            using Socket peer = server.Accept();
            int length;
            while ((length = peer.Receive(buffer)) > 0)
            {
                SendAll(peer, buffer.AsSpan(0, length));
            }
        }
    }

    public static Socket NewSocket() => new(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);

    public static void SendAll(Socket socket, ReadOnlySpan<byte> bytes)
    {
        while (!bytes.IsEmpty)
        {
            bytes = bytes[socket.Send(bytes)..];
        }
    }
}
