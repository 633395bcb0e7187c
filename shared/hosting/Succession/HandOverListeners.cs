using System.Collections.Concurrent;
using System.Net;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Connections.Features;

namespace PvExec.Hosting.Succession;

/// <summary>
/// Kestrel's listening sockets and their connections, so that a service can stop accepting long before it ends: the
/// sockets are shared with the new instance, and what either accepts is lost to the other.
/// </summary>
internal sealed class HandOverListeners(IConnectionListenerFactory sockets, TimeProvider time) : IConnectionListenerFactory
{
    private static readonly TimeSpan AskAgain = TimeSpan.FromMilliseconds(50);

    private readonly ConcurrentBag<Listener> _listeners = [];
    private readonly ConcurrentDictionary<ConnectionContext, byte> _connections = [];

    public async ValueTask<IConnectionListener> BindAsync(EndPoint endpoint, CancellationToken cancellationToken = default)
    {
        var listener = new Listener(this, await sockets.BindAsync(endpoint, cancellationToken));
        _listeners.Add(listener);
        return listener;
    }

    /// <summary>Accepts no more. The sockets themselves live on in pv-init.</summary>
    public async Task UnbindAsync()
    {
        foreach (Listener listener in _listeners)
        {
            await listener.UnbindAsync();
        }
    }

    /// <summary>Tells every connection to go elsewhere once its calls are answered (GOAWAY, RFC 9113 section 6.8).</summary>
    public void AskToClose()
    {
        foreach (ConnectionContext connection in _connections.Keys)
        {
            connection.Features.Get<IConnectionLifetimeNotificationFeature>()?.RequestClose();
        }
    }

    /// <summary>Completes when no connection is left.</summary>
    public async Task ClosedAsync(CancellationToken cancellationToken)
    {
        while (!_connections.IsEmpty)
        {
            // One that was accepted a moment before the unbinding cannot be asked until Kestrel knows it.
            AskToClose();
            await Task.Delay(AskAgain, time, cancellationToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            if (cancellationToken.IsCancellationRequested)
            {
                return;
            }
        }
    }

    private sealed class Listener(HandOverListeners owner, IConnectionListener inner) : IConnectionListener
    {
        public EndPoint EndPoint => inner.EndPoint;

        public async ValueTask<ConnectionContext?> AcceptAsync(CancellationToken cancellationToken = default)
        {
            ConnectionContext? connection = await inner.AcceptAsync(cancellationToken);
            if (connection is not null)
            {
                owner._connections.TryAdd(connection, 0);
                connection.ConnectionClosed.Register(() => owner._connections.TryRemove(connection, out _));
            }

            return connection;
        }

        public ValueTask UnbindAsync(CancellationToken cancellationToken = default) => inner.UnbindAsync(cancellationToken);

        public ValueTask DisposeAsync() => inner.DisposeAsync();
    }
}
