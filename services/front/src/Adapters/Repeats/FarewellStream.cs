using System.Net.Sockets;

namespace PvExec.Front.Adapters.Repeats;

/// <summary>
/// A connection on which a write that comes too late is no error. A service that leaves says which calls it has not taken
/// (GOAWAY) and closes; a write that meets the closed socket would end the connection here before that is read, and with
/// it all knowledge of which calls may be repeated. Reading comes to the end by itself.
/// </summary>
internal sealed class FarewellStream(Socket socket) : NetworkStream(socket, ownsSocket: true)
{
    public override async ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default)
    {
        try
        {
            await base.WriteAsync(buffer, cancellationToken);
        }
        catch (IOException e) when (e.InnerException is SocketException { SocketErrorCode: SocketError.Shutdown or SocketError.ConnectionReset })
        {
            // The reader learns of it.
        }
    }
}
