using Microsoft.Win32.SafeHandles;
using PvExec.Http2.Loop;
using PvExec.Http2.Native;
using PvExec.Linux.Events;

namespace PvExec.Http2.Sessions;

/// <summary>
/// A socket that speaks HTTP/2. Bytes go from it into the session and from the session to it; what they mean is for the
/// two kinds of connection. The session must not be deleted while it calls back: what is found out then is done after.
/// </summary>
internal abstract partial class Connection : IFlushed
{
    private readonly SafeFileHandle _socket;
    private long _token;
    private PollEvents _interest = PollEvents.Readable;
    private Exception? _fault;
    private bool _isQueued;

    protected Connection(EventLoop loop, SafeFileHandle socket)
    {
        Loop = loop;
        _socket = socket;
    }

    public bool IsClosed { get; private set; }

    protected EventLoop Loop { get; }

    protected abstract Session Session { get; }

    /// <summary>The last that a constructor does: from now on the socket wakes it. When it throws, the socket is its giver's again.</summary>
    protected void Open()
    {
        try
        {
            _token = Loop.Add(_socket, this, _interest);
        }
        catch
        {
            Session.Dispose();
            throw;
        }
    }

    /// <summary>Has the session's frames sent at the end of this turn.</summary>
    public void SendSoon()
    {
        if (!_isQueued && !IsClosed)
        {
            _isQueued = true;
            Loop.FlushLater(this);
        }
    }

    public void OnReady(PollEvents events)
    {
        if ((events & PollEvents.Writable) != 0)
        {
            SendSoon();
        }

        if ((events & (PollEvents.Readable | PollEvents.HungUp | PollEvents.Error)) != 0)
        {
            _ = ReadOnce();
        }
    }

    public void Abandon(Exception error) => Close("an error of its own");

    /// <summary>Notes an exception that must not pass through native code.</summary>
    /// <returns>What the callback is to return.</returns>
    public int Fault(Exception error)
    {
        _fault ??= error;
        return Nghttp2.ERR_CALLBACK_FAILURE;
    }

    /// <summary>Not from a callback of the session.</summary>
    /// <param name="reason">One line.</param>
    public void Close(string reason)
    {
        if (IsClosed)
        {
            return;
        }

        IsClosed = true;
        try
        {
            Loop.Remove(_socket, _token);
            _socket.Dispose();
            DropUnsent();
            OnClosed(reason);
        }
        finally
        {
            _socket.Dispose();
            Session.Dispose();
        }
    }

    /// <summary>A header begins: of a new stream, or trailers.</summary>
    public abstract void OnHeadersBegun(int stream);

    public abstract void OnField(int stream, ReadOnlySpan<byte> name, ReadOnlySpan<byte> value, bool isSecret);

    public abstract void OnHeadersEnded(int stream, bool isLast);

    public abstract void OnData(int stream, ReadOnlySpan<byte> bytes);

    public abstract void OnDataEnded(int stream);

    public abstract void OnStreamClosed(int stream, ErrorCode code);

    /// <summary>The bytes of a stream that are to be sent.</summary>
    /// <returns>How many; 0 when there are none now, and it will be resumed.</returns>
    public abstract int OnReadBody(int stream, nint slot, Span<byte> buffer, ref BodyEnd end);

    /// <summary>A header is about to become bytes to be sent.</summary>
    public virtual void OnSendingHeaders(int stream)
    {
    }

    /// <summary>Nothing more is sent on a stream.</summary>
    public virtual void OnLastSent(int stream)
    {
    }

    /// <param name="payload">As it was given to <see cref="Session.Ping"/>.</param>
    public virtual void OnPingAnswered(ulong payload)
    {
    }

    public virtual void OnGoAway()
    {
    }

    /// <summary>The socket is closed; the session is about to be.</summary>
    protected abstract void OnClosed(string reason);

    /// <summary>The other side has closed, or the connection is broken.</summary>
    protected virtual void OnEnd(string reason) => Close(reason);

    /// <summary>The session's rules were broken by the other side, or its memory is at an end.</summary>
    protected virtual void OnSessionError(int error) => Close(Session.Describe(error));

    /// <summary>Nothing is left to read or to send.</summary>
    protected virtual void OnDone() => Close("it has ended the connection");

    private void Want(PollEvents interest)
    {
        if (interest != _interest && !IsClosed)
        {
            _interest = interest;
            Loop.Change(_socket, _token, interest);
        }
    }

    private void ThrowFault()
    {
        if (_fault is { } fault)
        {
            _fault = null;
            throw new InvalidOperationException(fault.Message, fault);
        }
    }
}
