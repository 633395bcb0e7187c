using System.Net.Sockets;

namespace PvExec.Front.Tests.Rig;

/// <summary>A service's first instance: it answers one call with bytes written by hand, and its connection is closed when the test says so.</summary>
internal sealed class RawService : IDisposable
{
    private readonly Socket _connection;

    private RawService(Socket connection) => _connection = connection;

    /// <summary>A listening socket as pv-init has it: it stays when an instance ends.</summary>
    public static Socket Listen(string path)
    {
        var listener = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        listener.Bind(new UnixDomainSocketEndPoint(path));
        listener.Listen();
        return listener;
    }

    /// <summary>Takes the connection that the front makes for its first call.</summary>
    public static async Task<RawService> AcceptAsync(Socket listener) => new(await listener.AcceptAsync().WaitAsync(TimeSpan.FromSeconds(30)));

    /// <summary>Empty SETTINGS, and an answer of headers only to the first stream.</summary>
    public async Task AnswerAsync()
    {
        byte[] some = new byte[9];
        await _connection.ReceiveAsync(some).WaitAsync(TimeSpan.FromSeconds(30));
        byte[] block = [0x88, 0, 12, .. "content-type"u8, 16, .. "application/grpc"u8, 0, 11, .. "grpc-status"u8, 1, .. "0"u8];
        byte[] answer = [0, 0, 0, 4, 0, 0, 0, 0, 0, 0, 0, (byte)block.Length, 1, 5, 0, 0, 0, 1, .. block];
        await _connection.SendAsync(answer);
    }

    /// <summary>As the system does it for a process that is killed: at once, with what it has not read.</summary>
    public void Dispose() => _connection.Dispose();
}
