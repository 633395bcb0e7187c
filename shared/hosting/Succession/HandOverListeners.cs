using System.Collections.Concurrent;
using System.Net;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Connections.Features;

namespace PvExec.Hosting.Succession;

/// <summary>
/// Kestrel's listening sockets and their connections, so that a service can stop accepting long before it ends: the
/// sockets are shared with the new instance, and what either accepts is lost to the other.
/// </summary>
/// <param name="stopping">Cancelled when the service ends, and no other takes its place.</param>
internal sealed class HandOverListeners(IConnectionListenerFactory sockets, TimeProvider time, CancellationToken stopping) : IConnectionListenerFactory
{
    private static readonly TimeSpan AskAgain = TimeSpan.FromMilliseconds(50);

    /// <summary>
    /// How old a connection must be to be asked to close. Asked before the client's first bytes have come, Kestrel says
    /// GOAWAY without the SETTINGS that have to come first, which clients take for a server that is broken.
    /// </summary>
    private static readonly TimeSpan Settled = TimeSpan.FromSeconds(1);

    /// <summary>Clients close a connection on which they have been told to go elsewhere as soon as their last call is answered.</summary>
    private static readonly TimeSpan LongestLinger = TimeSpan.FromSeconds(5);

    /// <summary>A stop does not wait long for clients that have had all their answers and do not look.</summary>
    private static readonly TimeSpan LongestLingerOfStop = TimeSpan.FromMilliseconds(250);

    private readonly ConcurrentBag<Listener> _listeners = [];
    private readonly ConcurrentDictionary<LingeringConnection, long> _connections = []; // and when each was accepted
    private volatile bool _isLeaving;

    private TimeProvider Time => time;

    private TimeSpan Linger => stopping.IsCancellationRequested ? LongestLingerOfStop : _isLeaving ? LongestLinger : TimeSpan.Zero;

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
        _isLeaving = true;
        foreach (LingeringConnection connection in _connections.Where(one => time.GetElapsedTime(one.Value) >= Settled).Select(one => one.Key))
        {
            connection.Features.Get<IConnectionLifetimeNotificationFeature>()?.RequestClose();
        }
    }

    /// <summary>Completes when no connection is left.</summary>
    public async Task ClosedAsync(CancellationToken cancellationToken)
    {
        while (!_connections.IsEmpty)
        {
            // Those accepted a moment before the unbinding could not be asked yet.
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
            if (connection is null)
            {
                return null;
            }

            var lingering = new LingeringConnection(connection, () => owner.Linger, owner.Time);
            owner._connections.TryAdd(lingering, owner.Time.GetTimestamp());
            connection.ConnectionClosed.Register(() => owner._connections.TryRemove(lingering, out _));
            return lingering;
        }

        public ValueTask UnbindAsync(CancellationToken cancellationToken = default) => inner.UnbindAsync(cancellationToken);

        public ValueTask DisposeAsync() => inner.DisposeAsync();
    }
}
