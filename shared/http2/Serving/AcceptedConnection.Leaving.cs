using PvExec.Http2.Loop;
using PvExec.Http2.Native;

namespace PvExec.Http2.Serving;

/// <content>
/// How it ends. A client is told to go (GOAWAY) once all that it has on the way is sure to have come, which the answer to
/// a PING shows; when its last call is answered, or after a while, it is told that no more are taken, and closes once all are answered. Closed by this side, an
/// answer could be lost: what the client writes at that moment makes the system break the connection.
/// </summary>
internal abstract partial class AcceptedConnection
{
    private static readonly byte[] Http1Answer =
    [
        .. "HTTP/1.1 400 Bad Request\r\nContent-Type: text/plain\r\nConnection: close\r\n\r\n"u8,
        .. "An HTTP/1.x request was sent to an HTTP/2 only endpoint: this is a gRPC port.\n"u8,
    ];

    /// <summary>Tells the PING behind the word to go from one that asks whether the client is there.</summary>
    private const ulong IsThere = 0, HasHeard = 1;

    private bool _hasSpoken; // the client: something of HTTP/2 has come
    private bool _mayGo; // all that was on the way when the client was told has come
    private bool _hasLingered; // it is told that no more are taken although it still has calls
    private bool _saidGone;
    private bool _isOver; // what still comes is not read by the session
    private TimeSpan _linger;
    private Due? _closing;

    public bool IsLeaving { get; private set; }

    /// <summary>When the client last sent anything, by the loop's time.</summary>
    public long LastHeard { get; private set; }

    /// <summary>The client was asked whether it is there, and has sent nothing since.</summary>
    public bool IsAsked { get; private set; }

    /// <summary>HTTP/1 is answered in its own words, without SETTINGS before it.</summary>
    protected override bool MaySend => _hasSpoken && !_isOver;

    /// <summary>Asks the client to connect again elsewhere; its calls are answered here.</summary>
    /// <param name="linger">How long it has to close when it has no call.</param>
    public void Leave(TimeSpan linger)
    {
        if (IsClosed)
        {
            return;
        }

        _linger = linger;
        CloseAfter(linger);
        if (!IsLeaving && !_isOver)
        {
            IsLeaving = true;
            Session.SayLeaving();
            Session.Ping(HasHeard);
            SendSoon();
        }
    }

    public void AskWhetherThere()
    {
        IsAsked = true;
        Session.Ping(IsThere);
        SendSoon();
    }

    public override void OnPingAnswered(ulong payload) => _mayGo |= payload == HasHeard && IsLeaving;

    protected override void TakeBytes(ReadOnlySpan<byte> bytes)
    {
        if (!_isOver)
        {
            LastHeard = Loop.Now;
            IsAsked = false;
            base.TakeBytes(bytes);
            _hasSpoken = !_isOver;
        }
    }

    protected override void OnSessionError(int error)
    {
        if (error == Nghttp2.ERR_BAD_CLIENT_MAGIC && !_hasSpoken)
        {
            SendRaw(Http1Answer);
            OnDone();
        }
        else
        {
            base.OnSessionError(error);
        }
    }

    /// <summary>Nothing is left to be said. The client closes; until then what still comes, which is of no call that was taken, is read and dropped.</summary>
    protected override void OnDone()
    {
        _isOver = true;
        if (!_saidGone)
        {
            EndSending();
        }

        CloseAfter(IsLeaving ? _linger : Limits.LingerOfStop);
    }

    protected override void OnClosed(string reason)
    {
        _closing?.Cancel();
        _all.Remove(this);
        EndCalls(reason);
    }

    /// <summary>Before each flush.</summary>
    protected override void OnFlushing()
    {
        if (IsLeaving && _mayGo && !_saidGone && (CallCount == 0 || _hasLingered))
        {
            _saidGone = true;
            Session.SayGone();
        }
    }

    private void CloseAfter(TimeSpan delay)
    {
        _closing?.Cancel();
        _closing = Loop.After(delay, () =>
        {
            if (HasUnsent)
            {
                // A client that reads slowly; one that does not read at all is asked by PING, and dropped.
                CloseAfter(delay);
            }
            else if (_isOver || CallCount == 0)
            {
                // Calls that are left when the session is over, as after a broken rule of the protocol, can never be answered.
                Close("the client has not closed the connection");
            }
            else
            {
                // A client that does not answer a PING is not waited for once more, and one that goes on opening streams
                // must end: it is told that those from now on are not taken. At a stop they are refused instead.
                _mayGo = true;
                _hasLingered = !_all.IsStopping;
                SendSoon();
            }
        });
    }
}
