using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;
using PvExec.Http2.Loop;

namespace PvExec.Http2.Serving;

/// <summary>
/// A listening socket and the connections that come to it. Asked from any thread; what it is asked is done on the loop's.
/// </summary>
internal sealed class ConnectionServer
{
    private readonly EventLoop _loop;
    private readonly CallerLimits _limits;
    private readonly Lock _stopping = new(); // guards _stopped
    private Task? _stopped;
    private Acceptor? _acceptor;

    public ConnectionServer(EventLoop loop, CallerLimits limits)
    {
        _loop = loop;
        _limits = limits;
        Connections = new AcceptedConnections(loop, limits);
    }

    /// <summary>The loop's.</summary>
    public AcceptedConnections Connections { get; }

    /// <summary>Accepts from now on. On the loop, or before it runs.</summary>
    /// <param name="listener">This one's from now on.</param>
    /// <param name="connect">Makes a connection of a socket that was accepted.</param>
    public void Listen(SafeHandle listener, Func<SafeFileHandle, AcceptedConnection> connect) =>
        _acceptor = new Acceptor(_loop, Connections, _limits, listener, connect);

    /// <summary>Accepts no more connections. The listening socket itself lives on in pv-init.</summary>
    public Task UnbindAsync() => _loop.DoAsync(() => _acceptor?.Stop());

    /// <summary>Tells every connection to go elsewhere once its calls are answered (GOAWAY, RFC 9113 section 6.8).</summary>
    public void AskToClose() => _loop.Post(() => Connections.Leave(_limits.Linger));

    /// <summary>Completes when no connection is left, or at once when it is cancelled.</summary>
    public async Task ClosedAsync(CancellationToken enough)
    {
        var closed = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        await _loop.DoAsync(() =>
        {
            Connections.OnRemoved(Look);
            Look();
        });
        Task ended = Task.WhenAny(closed.Task, _loop.Over);
        await ended.WaitAsync(enough).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);

        void Look()
        {
            if (Connections.Count == 0)
            {
                closed.TrySetResult();
            }
        }
    }

    /// <summary>
    /// No new connections, and no new calls on the old ones. Calls under way go on until they are answered, or for as long
    /// as may be. However often it is called, it is done once: a host asks twice when the daemon stops it and it waits for its own shutdown.
    /// </summary>
    /// <param name="reason">Of the end of connections that are left then.</param>
    /// <param name="cancellationToken">Cancelled when calls are to be broken off.</param>
    public Task StopAsync(string reason, CancellationToken cancellationToken)
    {
        lock (_stopping)
        {
            return _stopped ??= StopOnceAsync(reason, cancellationToken);
        }
    }

    private async Task StopOnceAsync(string reason, CancellationToken cancellationToken)
    {
        await _loop.DoAsync(() =>
        {
            Connections.IsStopping = true;
            _acceptor?.Stop();
            Connections.Leave(_limits.LingerOfStop);
        });
        await ClosedAsync(cancellationToken);
        await _loop.DoAsync(() => Connections.Close(reason));
    }
}
