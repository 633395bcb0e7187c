using System.Net.Sockets;

namespace PvExec.Bus.Transport;

/// <summary>
/// A connected Unix socket that NetMQ's engine owns. The engine disposes it when the connection ends, whatever the
/// reason, and that is how the end is known here: no polling, no second descriptor that would keep it open.
/// </summary>
internal sealed class EngineSocket : Socket
{
    private Action? _ended;

    /// <param name="handle">A connected stream socket; owned from now on.</param>
    /// <param name="ended">Called once, on NetMQ's I/O thread.</param>
    public EngineSocket(SafeSocketHandle handle, Action ended)
        : base(handle)
    {
        _ended = ended;

        // What is done at the end of a receive is one entry in a queue, and the engine's own thread does the rest. The
        // runtime's thread that waits for sockets can do that itself; by default it hands each event on to a thread of
        // the pool first. A Unix socket would pay that twice a message, where TCP pays once: unix(7) sockets are told
        // that they are writable again whenever the peer has read, also when they always were.
        NetMQInternals.SetPreferInlineCompletions(this, true);
    }

    /// <summary>Takes the descriptor over from <paramref name="socket"/>, which must not be used any more.</summary>
    public static EngineSocket TakeOver(Socket socket, Action ended)
    {
        // Two Socket objects now share one handle: the finalizer of the first must not close it.
        GC.SuppressFinalize(socket);
        return new EngineSocket(socket.SafeHandle, ended);
    }

    /// <summary>Ends the connection from outside: the engine then reads its end and disposes this.</summary>
    public void Cut()
    {
        try
        {
            Shutdown(SocketShutdown.Both);
        }
        catch (Exception e) when (e is SocketException or ObjectDisposedException)
        {
            // It has ended by itself.
            return;
        }
    }

    protected override void Dispose(bool disposing)
    {
        base.Dispose(disposing);
        Interlocked.Exchange(ref _ended, null)?.Invoke();
    }
}
