using Microsoft.Win32.SafeHandles;
using PvExec.Front.Core;
using PvExec.Http2.Loop;
using PvExec.Http2.Native;
using PvExec.Http2.Serving;
using PvExec.Http2.Sessions;

namespace PvExec.Front.Proxy;

/// <summary>A connection that a client has made. Split into the calls that come (here) and the answers that go.</summary>
internal sealed partial class CallerConnection : AcceptedConnection
{
    private readonly Forwarder _forwarder;
    private readonly List<Call> _calls = [];

    public CallerConnection(AcceptedConnections all, EventLoop loop, Forwarder forwarder, FrontLimits limits, SafeFileHandle socket)
        : base(all, loop, limits, socket)
    {
        _forwarder = forwarder;
        Open();
    }

    public override int CallCount => _calls.Count;

    public override void OnHeadersBegun(int stream)
    {
        if (Find(stream) is not null)
        {
            return; // trailers, which gRPC calls do not have
        }

        Call call = _forwarder.Calls.Begin();
        call.Caller = this;
        call.CallerStream = stream;
        call.CallerIndex = _calls.Count;
        _calls.Add(call);
        Session.SetSlot(stream, call.Slot);
    }

    public override void OnField(int stream, ReadOnlySpan<byte> name, ReadOnlySpan<byte> value, bool isSecret)
    {
        // One field beyond the limit tells that it is broken.
        if (Find(stream) is { HasHeader: false } call && call.Header.Size <= Limits.RequestHeaderBytes && !HopByHop.Is(name))
        {
            call.Header.Add(name, value, isSecret);
        }
    }

    public override void OnHeadersEnded(int stream, bool isLast)
    {
        if (Find(stream) is not { } call)
        {
            return;
        }

        if (call.HasHeader)
        {
            EndRequest(call);
            return;
        }

        call.HasHeader = true;
        call.RequestEnded = isLast;
        _forwarder.Begin(call);
    }

    public override void OnData(int stream, ReadOnlySpan<byte> bytes)
    {
        if (Find(stream) is not { DropsRequest: false } call)
        {
            Session.ConsumeStream(stream, bytes.Length);
            Session.ConsumeConnection(bytes.Length);
            return;
        }

        call.Request.Append(bytes);
        call.Service?.ResumeRequest(call);
    }

    public override void OnDataEnded(int stream)
    {
        if (Find(stream) is { } call)
        {
            EndRequest(call);
        }
    }

    public override void OnStreamClosed(int stream, ErrorCode code)
    {
        if (Find(stream) is { } call)
        {
            DropRequest(call);
            Forget(call);
        }
    }

    /// <summary>The service's connection has taken bytes of the request: as many may come.</summary>
    public void ConsumeRequest(Call call, int count)
    {
        if (count > 0)
        {
            Session.ConsumeStream(call.CallerStream, count);
            Session.ConsumeConnection(count);
            SendSoon();
        }
    }

    /// <summary>Nobody will take what is left of the request, nor what still comes.</summary>
    public void DropRequest(Call call)
    {
        if (!call.DropsRequest && !IsClosed)
        {
            call.DropsRequest = true;
            ConsumeRequest(call, (int)call.Request.NeverRead);
            call.Request.Clear();
        }
    }

    protected override void EndCalls(string reason)
    {
        while (_calls.Count > 0)
        {
            Forget(_calls[^1]);
        }
    }

    private void EndRequest(Call call)
    {
        call.RequestEnded = true;
        call.Service?.ResumeRequest(call);
    }

    private void Forget(Call call)
    {
        Call last = _calls[^1];
        _calls[call.CallerIndex] = last;
        last.CallerIndex = call.CallerIndex;
        _calls.RemoveAt(_calls.Count - 1);
        _forwarder.End(call);
        if (_calls.Count == 0 && IsLeaving)
        {
            SendSoon();
        }
    }

    private Call? Find(int stream) =>
        _forwarder.Calls.Find(Session.Slot(stream)) is { } call && call.Caller == this && call.CallerStream == stream ? call : null;
}
