using Microsoft.Win32.SafeHandles;
using PvExec.Front.Loop;
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

    public Service Service => service;

    /// <summary>Gives the call to a connection.</summary>
    public void Send(Call call)
    {
        int errno = 0;
        if ((Find() ?? Connect(out errno)) is { } connection)
        {
            connection.Send(call);
        }
        else if (errno == Errno.EAGAIN)
        {
            uint use = call.Use;
            loop.After(BacklogDelay, () =>
            {
                // The caller may have left meanwhile.
                if (call.Use == use)
                {
                    Send(call);
                }
            });
        }
        else
        {
            forwarder.Unavailable(call, $"cannot connect to '{path}': {Errno.Describe(errno)}");
        }
    }

    public void Remove(ServiceConnection connection) => _connections.Remove(connection);

    /// <summary>The first that has room, so that the others come to rest. With all that there may be: the one with the fewest calls.</summary>
    private ServiceConnection? Find()
    {
        ServiceConnection? least = null;
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

        var connection = new ServiceConnection(this, loop, forwarder, limits, socket);
        _connections.Add(connection);
        return connection;
    }
}
