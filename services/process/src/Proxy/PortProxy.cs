using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;
using Microsoft.Extensions.Logging;
using PvExec.Processes.Core.Ports;

namespace PvExec.Processes.Proxy;

/// <summary>
/// Listens on an exposed port on all interfaces and carries connections to where the process listens. Without a target
/// new connections wait.
/// </summary>
internal sealed class PortProxy : IDisposable
{
    private const int Backlog = 4096;

    // Between attempts on a process that refuses although its port was just seen.
    private static readonly TimeSpan RetryPause = TimeSpan.FromMilliseconds(25);

    private readonly string _process;
    private readonly int _port;
    private readonly TimeSpan _hold;
    private readonly TimeProvider _clock;
    private readonly ILogger _log;
    private readonly Socket _listening;
    private readonly CancellationTokenSource _closed = new();
    private readonly ConcurrentDictionary<long, Task> _connections = new();
    private readonly Lock _lock = new();

    // Guarded by _lock: completed while there is a target.
    private TaskCompletionSource<ProxyTarget> _target = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private long _accepted;

    private PortProxy(string process, int port, TimeSpan hold, TimeProvider clock, ILogger log, Socket listening)
    {
        (_process, _port, _hold, _clock, _log, _listening) = (process, port, hold, clock, log, listening);
        Port = ((IPEndPoint)listening.LocalEndPoint!).Port;
        Accepting = AcceptAsync();
    }

    /// <summary>The port that it listens on.</summary>
    public int Port { get; }

    /// <summary>Completes when it has been closed.</summary>
    public Task Accepting { get; }

    /// <summary>Listens on <paramref name="port"/>.</summary>
    /// <exception cref="SocketException">It is taken, or not allowed.</exception>
    public static PortProxy Open(string process, int port, TimeSpan hold, TimeProvider clock, ILogger log) =>
        new(process, port, hold, clock, log, Listen(port));

    /// <summary>Where connections go from now on; null: they wait.</summary>
    public void SetTarget(ProxyTarget? target)
    {
        lock (_lock)
        {
            if (_target.Task.IsCompleted)
            {
                _target = new TaskCompletionSource<ProxyTarget>(TaskCreationOptions.RunContinuationsAsynchronously);
            }

            if (target is not null)
            {
                _target.SetResult(target);
            }
        }
    }

    /// <summary>Stops listening; connections that wait are reset, those that are through live on.</summary>
    public void Dispose()
    {
        _closed.Cancel();
        _listening.Dispose();
    }

    private static Socket Listen(int port)
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

    private async Task AcceptAsync()
    {
        while (!_closed.IsCancellationRequested)
        {
            Socket client;
            try
            {
                client = await _listening.AcceptAsync(_closed.Token);
            }
            catch (Exception e) when (_closed.IsCancellationRequested && (e is OperationCanceledException or ObjectDisposedException or SocketException))
            {
                return;
            }
            catch (SocketException e)
            {
                // The connection was gone before it was taken, or no descriptor is left: the next one may fare better.
                ProcessLog.AcceptFailed(_log, e, _process, _port);
                await Task.Delay(RetryPause, _clock, CancellationToken.None);
                continue;
            }

            long number = _accepted++;
            Task connection = CarryAsync(client);
            _connections[number] = connection;
            _ = connection.ContinueWith(_ => _connections.TryRemove(number, out Task? _), CancellationToken.None, TaskContinuationOptions.None, TaskScheduler.Default);
        }
    }

    private async Task CarryAsync(Socket client)
    {
        try
        {
            if (await ConnectAsync() is { } process)
            {
                await new ProxiedConnection(client, process).RunAsync();
                return;
            }

            ProxiedConnection.Reset(client);
        }
        catch (Exception e) when (e is SocketException or ObjectDisposedException)
        {
            ProcessLog.ConnectionFailed(_log, e, _process, _port);
        }
        finally
        {
            client.Dispose();
        }
    }

    /// <summary>Connects to the process, waiting for its port if need be; null when that takes too long or the proxy is closed.</summary>
    private async Task<Socket?> ConnectAsync()
    {
        using var timeout = new CancellationTokenSource(_hold, _clock);
        using var given = CancellationTokenSource.CreateLinkedTokenSource(timeout.Token, _closed.Token);
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
                        await socket.ConnectAsync(endpoint, given.Token);
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
            ProcessLog.GaveUpConnecting(_log, _process, _port);
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
