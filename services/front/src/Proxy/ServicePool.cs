using Microsoft.Win32.SafeHandles;
using PvExec.Http2.Loop;
using PvExec.Kernel;
using PvExec.Linux;
using PvExec.Linux.Sockets;

namespace PvExec.Front.Proxy;

/// <summary>
/// Connections to a service's Unix socket: one, or more under load. pv-init keeps that socket open, so a connection made
/// while the service is restarted waits in its backlog.
/// </summary>
internal sealed class ServicePool(Service service, string path, EventLoop loop, Forwarder forwarder, FrontLimits limits)
{
    /// <summary>More than one is for calls beyond what the service takes on one, and for those that wait for nobody's window.</summary>
    private const int MostConnections = 16;

    /// <summary>When the backlog is full nothing tells that there is room again.</summary>
    private static readonly TimeSpan BacklogDelay = TimeSpan.FromMilliseconds(5);

    private readonly List<ServiceConnection> _connections = [];
    private readonly Queue<(Call Call, uint Use)> _waiting = new(); // for room in the backlog; a timer runs while there are any

    public Service Service => service;

    /// <summary>Gives the call to a connection.</summary>
    public void Send(Call call)
    {
        if (TrySend(call, mayConnect: _waiting.Count == 0))
        {
            return;
        }

        if (_waiting.Count == 0)
        {
            loop.After(BacklogDelay, SendWaiting);
        }

        _waiting.Enqueue((call, call.Use));
    }

    public void Remove(ServiceConnection connection) => _connections.Remove(connection);

    /// <returns>False when it has to wait for room in the backlog.</returns>
    private bool TrySend(Call call, bool mayConnect)
    {
        int errno = Errno.EAGAIN;
        ServiceConnection? connection = Find(out ServiceConnection? least);
        if (connection is null && mayConnect)
        {
            connection = Connect(out errno);
        }

        if (connection is null && errno == Errno.EAGAIN)
        {
            return false;
        }

        // Without another connection, as when no descriptor is left, it waits for others to end.
        connection ??= least;
        if (connection is null)
        {
            forwarder.Unavailable(call, $"cannot connect to '{path}': {Errno.Describe(errno)}");
        }
        else
        {
            connection.Send(call);
        }

        return true;
    }

    /// <summary>In the order in which they came, as far as there is room.</summary>
    private void SendWaiting()
    {
        bool isFull = false;
        try
        {
            while (!isFull && _waiting.TryPeek(out (Call Call, uint Use) first))
            {
                try
                {
                    // The caller may have left meanwhile.
                    isFull = first.Call.Use == first.Use && !TrySend(first.Call, mayConnect: true);
                }
                finally
                {
                    if (!isFull)
                    {
                        _waiting.Dequeue();
                    }
                }
            }
        }
        finally
        {
            if (_waiting.Count > 0)
            {
                loop.After(BacklogDelay, SendWaiting);
            }
        }
    }

    /// <summary>The first that has room, so that the others come to rest. With all that there may be: the one with the fewest calls.</summary>
    /// <param name="least">The one with the fewest calls, when none has room.</param>
    private ServiceConnection? Find(out ServiceConnection? least)
    {
        least = null;
        int usable = 0;
        foreach (ServiceConnection connection in _connections)
        {
            if (!connection.TakesCalls)
            {
                continue;
            }

            if (connection.HasRoom)
            {
                return connection;
            }

            usable++;
            least = least is null || connection.CallCount < least.CallCount ? connection : least;
        }

        return usable < MostConnections ? null : least;
    }

    private ServiceConnection? Connect(out int errno)
    {
        SafeFileHandle? socket = StreamSocket.TryConnectUnix(path, out errno);
        if (socket is null)
        {
            return null;
        }

        try
        {
            var connection = new ServiceConnection(this, loop, forwarder, limits, socket);
            _connections.Add(connection);
            return connection;
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }
}
