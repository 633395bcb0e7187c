using System.Net.Sockets;

namespace PvExec.Processes.Proxy;

/// <summary>A client's connection and the one to the process, until both directions have ended or either side is reset.</summary>
internal sealed class ProxiedConnection(Socket client, Socket process)
{
    public async Task RunAsync()
    {
        client.NoDelay = true;
        process.NoDelay = true;
        using var broken = new CancellationTokenSource();
        Task<bool> up = RunOneWayAsync(client, process, broken);
        Task<bool> down = RunOneWayAsync(process, client, broken);
        bool whole = await up & await down;
        foreach (Socket socket in new[] { client, process })
        {
            if (!whole)
            {
                Reset(socket);
            }

            socket.Dispose();
        }
    }

    /// <summary>Makes the close a reset: without lingering the kernel sends RST instead of FIN (socket(7), SO_LINGER).</summary>
    public static void Reset(Socket socket) => socket.LingerState = new LingerOption(true, 0);

    /// <returns>Whether it came to its end in order.</returns>
    private static async Task<bool> RunOneWayAsync(Socket from, Socket to, CancellationTokenSource broken)
    {
        try
        {
            await Pump.RunAsync(from, to, broken.Token);
            return true;
        }
        catch (Exception e) when (e is SocketException or OperationCanceledException)
        {
            // One side is gone: what the other direction still carries has no receiver or no sender.
            await broken.CancelAsync();
            return false;
        }
    }
}
