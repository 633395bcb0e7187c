using Microsoft.Win32.SafeHandles;
using PvExec.Front.Core;
using PvExec.Http2.Loop;
using PvExec.Http2.Native;
using PvExec.Http2.Sessions;

namespace PvExec.Front.Proxy;

/// <summary>A connection to an instance of a service. Split into the calls that go to it (here) and the answers that come.</summary>
internal sealed partial class ServiceConnection : Connection
{
    private readonly ServicePool _pool;
    private readonly Forwarder _forwarder;
    private readonly FrontLimits _limits;
    private readonly List<Call> _calls = [];
    private bool _isGone; // the instance takes no more calls

    public ServiceConnection(ServicePool pool, EventLoop loop, Forwarder forwarder, FrontLimits limits, SafeFileHandle socket)
        : base(loop, socket)
    {
        _pool = pool;
        _forwarder = forwarder;
        _limits = limits;
        Session = Session.Client(this, limits.ServiceWindowBytes, limits.ServiceStreamWindowBytes, limits.AnswerHeaderBytes);
        Open();
    }

    public int CallCount => _calls.Count;

    /// <summary>Whether new calls may come, here or to where they wait for others to end.</summary>
    public bool TakesCalls => !_isGone && !IsClosed && !IsWriteBroken;

    /// <summary>Whether a new call would wait for no other: not for one to end, and not for a body that the service does not read.</summary>
    public bool HasRoom => _calls.Count == 0 || (_calls.Count < Session.RemoteStreams && Session.RemoteWindow > 0);

    protected override Session Session { get; }

    /// <summary>Gives a call to the service. It is sent with what has come of its body, at the end of this turn.</summary>
    public void Send(Call call)
    {
        bool hasBody = !call.RequestEnded || call.Request.Unread > 0;
        int stream = Session.Request(call.Header, hasBody, call.Slot);
        if (stream < 0)
        {
            // No stream number is left, after a thousand million calls: another connection has them.
            _isGone = true;
            _pool.Send(call);
            return;
        }

        call.RequestPassed = !hasBody;
        call.Service = this;
        call.ServiceStream = stream;
        call.ServiceIndex = _calls.Count;
        _calls.Add(call);
        SendSoon();
    }

    /// <summary>More of the request has come, or its end.</summary>
    public void ResumeRequest(Call call)
    {
        if (call.RequestAwaited)
        {
            call.RequestAwaited = false;
            Session.Resume(call.ServiceStream);
            SendSoon();
        }
    }

    /// <summary>The caller has taken bytes of the answer: as many may come.</summary>
    public void ConsumeAnswer(Call call, int count)
    {
        Session.ConsumeStream(call.ServiceStream, count);
        SendSoon();
    }

    public void Reset(int stream, ErrorCode code)
    {
        if (!IsClosed)
        {
            Session.Reset(stream, code);
            SendSoon();
        }
    }

    /// <summary>Only from <see cref="Forwarder.Part"/>.</summary>
    public void Remove(Call call)
    {
        Call last = _calls[^1];
        _calls[call.ServiceIndex] = last;
        last.ServiceIndex = call.ServiceIndex;
        _calls.RemoveAt(_calls.Count - 1);
        if (_isGone)
        {
            SendSoon(); // which ends it, if that was the last
        }
    }

    public override void OnSendingHeaders(int stream)
    {
        if (Find(stream) is { } call)
        {
            call.HeaderAt = Made;
        }
    }

    public override int OnReadBody(int stream, nint slot, Span<byte> buffer, ref BodyEnd end)
    {
        if (_forwarder.Calls.Find(slot) is not { } call || call.Service != this || call.ServiceStream != stream)
        {
            return 0; // the call is over, and its stream about to be reset
        }

        int count = call.Request.Read(buffer, out int isNew);
        call.Caller!.ConsumeRequest(call, isNew);
        if (call.RequestEnded && call.Request.Unread == 0)
        {
            call.RequestPassed = true;
            end = BodyEnd.Last;
        }

        call.RequestAwaited = count == 0 && end == BodyEnd.NotYet;
        return count;
    }

    public override void OnGoAway() => _isGone = true;

    /// <summary>
    /// What the service may have begun is not repeated, as nobody knows how far it came. A call of whose header the system
    /// has not taken a byte it cannot have begun.
    /// </summary>
    protected override void OnClosed(string reason)
    {
        _pool.Remove(this);
        while (_calls.Count > 0)
        {
            Call call = _calls[^1];
            _forwarder.Part(call);
            if (call.AnswerEnded)
            {
                continue; // all of the answer is here, and goes
            }

            if (call.AnswerBegan || (call.HeaderAt >= 0 && call.HeaderAt < Taken))
            {
                _forwarder.Unavailable(call, reason);
            }
            else
            {
                _forwarder.Repeat(call, reason);
            }
        }
    }

    private Call? Find(int stream) =>
        _forwarder.Calls.Find(Session.Slot(stream)) is { } call && call.Service == this && call.ServiceStream == stream ? call : null;
}
