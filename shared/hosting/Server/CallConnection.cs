using Microsoft.Win32.SafeHandles;
using PvExec.Hosting.Unary;
using PvExec.Http2.Loop;
using PvExec.Http2.Native;
using PvExec.Http2.Serving;
using PvExec.Http2.Sessions;

namespace PvExec.Hosting.Server;

/// <summary>A connection to a service. It ties the streams of the session to the calls; nghttp2's callbacks only note what has come, and the handlers hear of it after. Split into the requests that come (here) and the answers that go.</summary>
internal sealed partial class CallConnection : AcceptedConnection
{
    private readonly ICallHandler _handler;
    private readonly CallsOnLoop _onLoop;
    private readonly Dictionary<int, ServerCall> _calls = [];
    private readonly List<ServerCall> _touched = []; // something has come for them in this turn
    private int _withheld; // bytes that handlers have looked at, and that the caller was not given back
    private int _isGivingAsked;

    /// <summary>Less than that, of one call, is not worth waking the loop for: it is given back with what follows, with the stream's end, or when all calls together come to much.</summary>
    private const int WorthTelling = 32 * 1024;

    public CallConnection(
        AcceptedConnections all, EventLoop loop, CallerLimits limits, SafeFileHandle socket, ICallHandler handler, CallsOnLoop onLoop,
        IServiceProvider services)
        : base(all, loop, limits, socket)
    {
        _handler = handler;
        _onLoop = onLoop;
        Services = services;
        Open();
    }

    public IServiceProvider Services { get; }

    public override int CallCount => _calls.Count;

    public override void OnHeadersBegun(int stream)
    {
        // Those of a stream that is known are trailers, which gRPC calls do not have.
        if (!_calls.ContainsKey(stream))
        {
            _calls.Add(stream, new ServerCall(this, stream));
        }
    }

    public override void OnField(int stream, ReadOnlySpan<byte> name, ReadOnlySpan<byte> value, bool isSecret)
    {
        // One field beyond the limit tells that it is broken.
        if (_calls.TryGetValue(stream, out ServerCall? call) && !call.HasHeader && call.HeaderBytes <= Limits.RequestHeaderBytes)
        {
            call.AddField(name, value, isSecret);
        }
    }

    public override void OnHeadersEnded(int stream, bool isLast)
    {
        if (!_calls.TryGetValue(stream, out ServerCall? call))
        {
            return;
        }

        if (isLast)
        {
            call.Input.End();
        }

        call.HasHeader = true;
        Touch(call);
    }

    public override void OnData(int stream, ReadOnlySpan<byte> bytes)
    {
        if (!_calls.TryGetValue(stream, out ServerCall? call) || !call.Input.Append(bytes))
        {
            Session.ConsumeStream(stream, bytes.Length);
            Session.ConsumeConnection(bytes.Length);
            return;
        }

        Touch(call);
    }

    public override void OnDataEnded(int stream)
    {
        if (_calls.TryGetValue(stream, out ServerCall? call))
        {
            call.Input.End();
            Touch(call);
        }
    }

    public override void OnStreamClosed(int stream, ErrorCode code)
    {
        if (_calls.Remove(stream, out ServerCall? call))
        {
            Session.ConsumeConnection(Forget(call));
            string reason = code == ErrorCode.NoError ? "its caller has left" : $"its caller has left: {Session.Describe(code)}";
            if (call.IsOnLoop && (!call.Output.IsDone || call.Input.IsAwaited))
            {
                // Its handler goes on at once, which is not to be in the session.
                Loop.Post(() => call.OnClosed(reason));
            }
            else
            {
                call.OnClosed(reason);
            }

            if (_calls.Count == 0 && IsLeaving)
            {
                SendSoon();
            }
        }
    }

    /// <summary>From any thread: bytes of a request were looked at, and as many may come, now or a little later.</summary>
    /// <param name="counted">How many more.</param>
    /// <param name="toGive">How many of that call were not given back.</param>
    public void OnRead(ServerCall call, int counted, int toGive)
    {
        int all = Interlocked.Add(ref _withheld, counted);
        if (toGive >= WorthTelling)
        {
            Serve(call);
        }
        else if (all >= Limits.CallerWindowBytes / 4 && Interlocked.Exchange(ref _isGivingAsked, 1) == 0)
        {
            Loop.Post(GiveAll);
        }
    }

    /// <summary>From any thread.</summary>
    public void Report(ServerCall call, Exception error) => _handler.Report(call, error);

    /// <summary>From any thread: asks the client to connect again elsewhere.</summary>
    public void AskToLeave() => Loop.Post(() => Leave(Limits.Linger));

    protected override void TakeBytes(ReadOnlySpan<byte> bytes)
    {
        base.TakeBytes(bytes);

        // The list grows above only: handlers, which may go on here, are not called from within the session.
        foreach (ServerCall call in _touched)
        {
            call.IsTouched = false;
            if (call.HasBegun)
            {
                call.Input.Wake();
            }
            else if (!call.IsClosed)
            {
                Begin(call);
            }
        }

        _touched.Clear();
    }

    protected override void EndCalls(string reason)
    {
        foreach (ServerCall call in _calls.Values)
        {
            Forget(call);
            call.OnClosed(reason);
        }

        _calls.Clear();
    }

    private void GiveAll()
    {
        Volatile.Write(ref _isGivingAsked, 0);
        if (!IsClosed)
        {
            foreach (ServerCall call in _calls.Values)
            {
                Give(call);
            }

            SendSoon();
        }
    }

    private void Give(ServerCall call)
    {
        if (call.Input.TakeConsumed() is > 0 and int consumed)
        {
            Interlocked.Add(ref _withheld, -consumed);
            Session.ConsumeStream(call.Stream, consumed);
            Session.ConsumeConnection(consumed);
        }
    }

    /// <returns>How many bytes of it are to be given back to the connection.</returns>
    private int Forget(ServerCall call)
    {
        (int counted, int unseen) = call.Input.Drop();
        Interlocked.Add(ref _withheld, -counted);
        return counted + unseen;
    }

    private void Touch(ServerCall call)
    {
        if (call.HasHeader && !call.IsTouched)
        {
            call.IsTouched = true;
            _touched.Add(call);
        }
    }

    private void Begin(ServerCall call)
    {
        call.HasBegun = true;
        if (call.HeaderBytes > Limits.RequestHeaderBytes)
        {
            call.Refuse(431, $"the call's header has more than {Limits.RequestHeaderBytes} bytes: send less metadata");
        }
        else if (_onLoop.Contains(call.Path, out UnaryMethod? method))
        {
            call.IsOnLoop = true;
            _handler.Enter();
            _ = _handler.HandleAsync(call, method);
        }
        else
        {
            _handler.Enter();
            ThreadPool.UnsafeQueueUserWorkItem(static one => _ = one.Handler.HandleAsync(one.Call, null), (Handler: _handler, Call: call), preferLocal: false);
        }
    }
}
