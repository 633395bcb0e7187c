using System.Buffers;
using System.Net.Sockets;

namespace PvExec.Processes.Proxy;

/// <summary>Copies bytes from one socket to another until the first one's end, which is passed on as a half-close.</summary>
internal static class Pump
{
    // A connection that is idle or speaks in small messages holds little; one that fills its buffer gets a large one.
    private const int SmallBuffer = 8 * 1024;
    private const int LargeBuffer = 256 * 1024;

    /// <exception cref="SocketException">Either side was reset.</exception>
    public static async Task RunAsync(Socket from, Socket to, CancellationToken cancellationToken)
    {
        byte[] buffer = ArrayPool<byte>.Shared.Rent(SmallBuffer);
        try
        {
            while (true)
            {
                int received = await from.ReceiveAsync(buffer.AsMemory(), SocketFlags.None, cancellationToken);
                if (received == 0)
                {
                    to.Shutdown(SocketShutdown.Send);
                    return;
                }

                for (int sent = 0; sent < received;)
                {
                    sent += await to.SendAsync(buffer.AsMemory(sent, received - sent), SocketFlags.None, cancellationToken);
                }

                if (received == buffer.Length && buffer.Length < LargeBuffer)
                {
                    ArrayPool<byte>.Shared.Return(buffer);
                    buffer = ArrayPool<byte>.Shared.Rent(LargeBuffer);
                }
            }
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }
}
