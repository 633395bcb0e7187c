using System.Diagnostics;
using System.Net.Sockets;

namespace PvExec.Bench.Exec;

/// <summary>The server in Go, while it runs.</summary>
internal sealed class GoServer : IAsyncDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    private readonly Process _process;

    private GoServer(Process process, int port)
    {
        _process = process;
        Port = port;
    }

    public int Port { get; }

    /// <summary>Starts it, and comes back when it takes connections.</summary>
    public static async Task<GoServer> StartAsync(string program, string script)
    {
        int port = RootProcess.FreePort();
        var server = new GoServer(Process.Start(program, [$"{port}", script]), port);
        long began = Stopwatch.GetTimestamp();
        while (true)
        {
            try
            {
                using var socket = new TcpClient();
                await socket.ConnectAsync("127.0.0.1", port);
                return server;
            }
            catch (SocketException) when (!server._process.HasExited && Stopwatch.GetElapsedTime(began) < Patience)
            {
                await Task.Delay(20);
            }
        }
    }

    public async ValueTask DisposeAsync()
    {
        _process.Kill();
        await _process.WaitForExitAsync();
        _process.Dispose();
    }
}
