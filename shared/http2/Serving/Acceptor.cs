using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;
using PvExec.Http2.Loop;
using PvExec.Linux;
using PvExec.Linux.Events;
using PvExec.Linux.Files;
using PvExec.Linux.Processes;
using PvExec.Linux.Sockets;

namespace PvExec.Http2.Serving;

/// <summary>
/// Accepts connections. The socket is shared with pv-init and with other instances of the same program. While no descriptor is
/// left but those that everything else needs, clients wait in the backlog.
/// </summary>
internal sealed class Acceptor : IPolled
{
    private const int MostInTurn = 64;

    /// <summary>When it is not one of ours that has to close first.</summary>
    private static readonly TimeSpan TryAgain = TimeSpan.FromMilliseconds(100);

    private readonly EventLoop _loop;
    private readonly AcceptedConnections _connections;
    private readonly Func<SafeFileHandle, AcceptedConnection> _connect;
    private readonly SafeHandle _listener;
    private readonly int _most;
    private readonly long _token;
    private bool _isPaused;
    private bool _isOver;

    /// <param name="listener">This one's from now on.</param>
    /// <param name="connect">Makes a connection of a socket that was accepted.</param>
    public Acceptor(EventLoop loop, AcceptedConnections connections, CallerLimits limits, SafeHandle listener, Func<SafeFileHandle, AcceptedConnection> connect)
    {
        _loop = loop;
        _connections = connections;
        _connect = connect;
        _listener = listener;
        _most = (int)Math.Clamp((long)Math.Min(DescriptorLimit.Current.Soft, int.MaxValue) - limits.SpareDescriptors, 1, int.MaxValue);
        NonBlockingRead.Enable(listener);
        _token = loop.Add(listener, this, PollEvents.Readable);
        connections.OnRemoved(Resume);
    }

    public void OnReady(PollEvents events)
    {
        for (int i = 0; i < MostInTurn && !_isPaused && !_isOver; i++)
        {
            if (_connections.Count >= _most)
            {
                Pause();
                return;
            }

            SafeFileHandle? socket = StreamSocket.TryAccept(_listener, out int errno);
            if (socket is not null)
            {
                StreamSocket.SetNoDelay(socket);
                Serve(socket);
            }
            else if (errno is Errno.EMFILE or Errno.ENFILE or Errno.ENOMEM or Errno.ENOBUFS)
            {
                PauseAWhile();
            }
            else if (errno != Errno.ECONNABORTED)
            {
                // Nobody waits, or another instance was faster. The rest of accept(2) are errors of one connection.
                return;
            }
        }
    }

    public void Abandon(Exception error)
    {
        // The next connection may be a better one.
    }

    /// <summary>Accepts no more.</summary>
    public void Stop()
    {
        if (!_isOver)
        {
            _isOver = true;
            _loop.Remove(_listener, _token);
            _listener.Dispose();
        }
    }

    private void Serve(SafeFileHandle socket)
    {
        try
        {
            _connections.Add(_connect(socket));
        }
        catch
        {
            // What one lacks the next would lack too: memory, or room in the poll.
            socket.Dispose();
            PauseAWhile();
            throw;
        }
    }

    private void PauseAWhile()
    {
        Pause();
        _loop.After(TryAgain, Resume);
    }

    private void Pause()
    {
        _isPaused = true;
        _loop.Change(_listener, _token, PollEvents.None);
    }

    private void Resume()
    {
        if (_isPaused && !_isOver)
        {
            _isPaused = false;
            _loop.Change(_listener, _token, PollEvents.Readable);
        }
    }
}
