using System.Net;
using System.Net.Sockets;
using PvExec.Processes.Core.Ports;

namespace PvExec.Processes.Proxy;

/// <content>What becomes of a connection.</content>
internal sealed partial class PortProxy
{
    private void Carry(Socket client)
    {
        lock (_lock)
        {
            _unconnected++;
        }

        _connections.Add(() => CarryAsync(client));
    }

    private async Task CarryAsync(Socket client)
    {
        try
        {
            Socket? process = await ConnectAsync();
            if (LeftToAnother(client, process))
            {
                return;
            }

            using (client)
            {
                if (process is null)
                {
                    ProcessLog.GaveUpConnecting(_log, _process, _port);
                    ProxiedConnection.Reset(client);
                }
                else
                {
                    await new ProxiedConnection(client, process).RunAsync();
                }
            }
        }
        catch (Exception e)
        {
            // Whatever it is, it is about this connection alone.
            ProcessLog.ConnectionFailed(_log, e, _process, _port);
        }
    }

    /// <summary>Counts it as connected, given up, or to be gone on with by another instance.</summary>
    private bool LeftToAnother(Socket client, Socket? process)
    {
        lock (_lock)
        {
            bool left = process is null && _isReleasing;
            if (left)
            {
                _released.Add(client);
            }

            // While it is released the accepting may add to the number; it is looked at again when that has ended.
            if (--_unconnected == 0 && _isReleasing && Accepting.IsCompleted)
            {
                _allReleased.TrySetResult();
            }

            return left;
        }
    }

    /// <summary>Connects to the process, waiting for its port if need be; null when that takes too long or the proxy takes no connections any more.</summary>
    private async Task<Socket?> ConnectAsync()
    {
        using var timeout = new CancellationTokenSource(_hold, _clock);
        using var given = CancellationTokenSource.CreateLinkedTokenSource(timeout.Token, _closed.Token);
        using var connecting = CancellationTokenSource.CreateLinkedTokenSource(timeout.Token, _givenUp.Token);
        try
        {
            while (true)
            {
                ProxyTarget target = await Target().WaitAsync(given.Token);
                foreach (IPEndPoint endpoint in target.Endpoints)
                {
                    var socket = new Socket(endpoint.AddressFamily, SocketType.Stream, ProtocolType.Tcp);
                    try
                    {
                        await socket.ConnectAsync(endpoint, connecting.Token);
                        return socket;
                    }
                    catch (Exception e) when (e is SocketException or OperationCanceledException)
                    {
                        socket.Dispose();
                    }
                }

                // The process is on its way out, or its address family is not reachable: its next port will be told.
                await Task.Delay(RetryPause, _clock, given.Token);
            }
        }
        catch (OperationCanceledException)
        {
            return null;
        }
    }

    private Task<ProxyTarget> Target()
    {
        lock (_lock)
        {
            return _target.Task;
        }
    }
}
