using System.Net;
using System.Net.Sockets;
using Microsoft.Extensions.Logging;
using PvExec.Processes.Core.Ports;

namespace PvExec.Processes.Proxy;

/// <summary>
/// Accepts on an exposed port and carries connections to where the process listens. Without a target new connections
/// wait. Split into the port (here) and the making of connections.
/// </summary>
internal sealed partial class PortProxy : IDisposable
{
    // Between attempts on a process that refuses although its port was just seen.
    private static readonly TimeSpan RetryPause = TimeSpan.FromMilliseconds(25);

    // For a connection that is just being made to a process that does not take it, before another instance tries again.
    private static readonly TimeSpan ConnectTime = TimeSpan.FromSeconds(1);

    private readonly string _process;
    private readonly int _port;
    private readonly TimeSpan _hold;
    private readonly TimeProvider _clock;
    private readonly ILogger _log;
    private readonly Socket _listening;
    private readonly OpenConnections _connections;
    private readonly CancellationTokenSource _closed = new();
    private readonly CancellationTokenSource _givenUp = new();
    private readonly TaskCompletionSource _allReleased = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly List<Socket> _released = [];
    private readonly Lock _lock = new(); // guards _target, _released, _unconnected and _isReleasing; a leaf

    // Completed while there is a target.
    private TaskCompletionSource<ProxyTarget> _target = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private int _unconnected;
    private bool _isReleasing;

    /// <param name="port">Its sockets are the proxy's from now on.</param>
    public PortProxy(string process, ReleasedPort port, TimeSpan hold, OpenConnections connections, TimeProvider clock, ILogger log)
    {
        (_process, _hold, _connections, _clock, _log, _listening) = (process, hold, connections, clock, log, port.Listening);
        Port = _port = ((IPEndPoint)_listening.LocalEndPoint!).Port;
        foreach (Socket client in port.Waiting)
        {
            Carry(client);
        }

        Accepting = AcceptAsync();
    }

    /// <summary>The port that it listens on.</summary>
    public int Port { get; }

    /// <summary>Completes when no more connections are taken.</summary>
    public Task Accepting { get; }

    /// <summary>Listens on <paramref name="port"/>.</summary>
    /// <exception cref="SocketException">It is taken, or not allowed.</exception>
    public static PortProxy Open(string process, int port, TimeSpan hold, OpenConnections connections, TimeProvider clock, ILogger log) =>
        new(process, new ReleasedPort(PublicSocket.Listen(port), []), hold, connections, clock, log);

    /// <summary>What outlives this instance of the service.</summary>
    public SafeSocketHandle Handle => _listening.SafeHandle;

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

    /// <summary>Accepts no more, and gives everything away but the connections that are through.</summary>
    public async Task<ReleasedPort> ReleaseAsync()
    {
        lock (_lock)
        {
            _isReleasing = true;
        }

        await _closed.CancelAsync();
        await Accepting;
        lock (_lock)
        {
            if (_unconnected == 0)
            {
                _allReleased.TrySetResult();
            }
        }

        // One that is just being connected to the process is seen there already: it is carried from here.
        await Task.WhenAny(_allReleased.Task, Task.Delay(ConnectTime, _clock));
        await _givenUp.CancelAsync();
        await _allReleased.Task;
        return new ReleasedPort(_listening, _released);
    }

    /// <summary>Stops listening; connections that wait are reset, those that are through live on.</summary>
    public void Dispose()
    {
        _closed.Cancel();
        _givenUp.Cancel();
        _listening.Dispose();
    }

    private async Task AcceptAsync()
    {
        while (!_closed.IsCancellationRequested)
        {
            try
            {
                // One that was accepted just before the end is carried all the same.
                Carry(await _listening.AcceptAsync(_closed.Token));
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
            }
        }
    }
}
