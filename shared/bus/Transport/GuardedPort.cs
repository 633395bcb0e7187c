using System.Net.Sockets;
using System.Runtime.CompilerServices;
using AsyncIO;

namespace PvExec.Bus.Transport;

/// <summary>
/// Stands between an I/O thread of NetMQ and the queue of what happened on its sockets, and lets a guard look at
/// received bytes first. What the guard refuses reaches the engine as an aborted connection. It runs on the I/O thread
/// itself: no hop, no copy.
/// </summary>
internal sealed class GuardedPort : CompletionPort
{
    // Guards the exchange of a port in On.
    private static readonly Lock Exchange = new();

    private readonly CompletionPort _inner;
    private readonly ConditionalWeakTable<AsyncSocket, Watched> _watched = [];

    private GuardedPort(CompletionPort inner) => _inner = inner;

    /// <summary>
    /// The guarded port of an I/O thread, put in the place of its own at the first call. The queue stays the same, so
    /// nothing is lost. The thread may still wait at the old port; the command that attaches a connection wakes it, so
    /// what the connection receives goes through the new one.
    /// </summary>
    public static GuardedPort On(object proactor)
    {
        lock (Exchange)
        {
            ref CompletionPort port = ref NetMQInternals.Port(proactor);
            if (port is not GuardedPort guarded)
            {
                guarded = new GuardedPort(port);
                Volatile.Write(ref port, guarded);
            }

            return guarded;
        }
    }

    /// <param name="received">Where the socket receives to.</param>
    public void Watch(AsyncSocket socket, SocketAsyncEventArgs received, ConnectionGuard guard) =>
        _watched.Add(socket, new Watched(received, guard));

    public override bool GetMultipleQueuedCompletionStatus(int timeout, CompletionStatus[] completionStatuses, out int removed)
    {
        bool any = _inner.GetMultipleQueuedCompletionStatus(timeout, completionStatuses, out removed);
        foreach (ref CompletionStatus status in completionStatuses.AsSpan(0, removed))
        {
            Look(ref status);
        }

        return any;
    }

    public override bool GetQueuedCompletionStatus(int timeout, out CompletionStatus completionStatus)
    {
        bool any = _inner.GetQueuedCompletionStatus(timeout, out completionStatus);
        if (any)
        {
            Look(ref completionStatus);
        }

        return any;
    }

    public override void AssociateSocket(AsyncSocket socket, object? state = null) => _inner.AssociateSocket(socket, state);

    public override void Signal(object state) => _inner.Signal(state);

    public override void Dispose() => _inner.Dispose();

    private void Look(ref CompletionStatus status)
    {
        if (status.OperationType == OperationType.Receive
            && status.SocketError == SocketError.Success
            && _watched.TryGetValue(status.AsyncSocket, out Watched? watched)
            && watched.Received.Buffer is { } buffer
            && !watched.Guard.Admits(buffer.AsSpan(watched.Received.Offset, status.BytesTransferred)))
        {
            NetMQInternals.SetSocketError(ref status, SocketError.ConnectionAborted);
            NetMQInternals.SetBytesTransferred(ref status, 0);
        }
    }

    private sealed record Watched(SocketAsyncEventArgs Received, ConnectionGuard Guard);
}
