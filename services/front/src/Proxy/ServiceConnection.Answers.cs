using PvExec.Front.Core;
using PvExec.Http2.Native;
using PvExec.Http2.Sessions;

namespace PvExec.Front.Proxy;

/// <content>The answers that come.</content>
internal sealed partial class ServiceConnection
{
    public override void OnHeadersBegun(int stream)
    {
        // An interim answer (1xx) may have come before.
        if (Find(stream) is { } call && !call.AnswerBegan)
        {
            call.AnswerHeader.Clear();
        }
    }

    public override void OnField(int stream, ReadOnlySpan<byte> name, ReadOnlySpan<byte> value, bool isSecret)
    {
        if (Find(stream) is not { } call || HopByHop.Is(name))
        {
            return;
        }

        HeaderBlock block = call.AnswerBegan ? call.Trailers : call.AnswerHeader;
        block.Add(name, value, isSecret);
        if (block.Size > _limits.AnswerHeaderBytes)
        {
            Break(call, $"its answer has a header of more than {_limits.AnswerHeaderBytes} bytes");
        }
    }

    public override void OnHeadersEnded(int stream, bool isLast)
    {
        if (Find(stream) is not { } call)
        {
            return;
        }

        if (call.AnswerBegan)
        {
            End(call);
        }
        else if (call.AnswerHeader.Find(":status"u8) is not [(byte)'1', ..])
        {
            call.Request.StopKeeping();
            if (isLast)
            {
                _forwarder.AnswerComplete(call);
            }

            call.Caller!.BeginAnswer(call);
        }
    }

    public override void OnData(int stream, ReadOnlySpan<byte> bytes)
    {
        // Of the connection's window at once: a caller that does not read holds up its own stream alone.
        Session.ConsumeConnection(bytes.Length);
        if (Find(stream) is { } call)
        {
            call.Answer.Append(bytes);
            call.Caller!.ResumeAnswer(call);
        }
    }

    public override void OnDataEnded(int stream)
    {
        if (Find(stream) is { } call)
        {
            End(call);
        }
    }

    public override void OnStreamClosed(int stream, ErrorCode code)
    {
        if (Find(stream) is not { } call)
        {
            return;
        }

        _forwarder.Part(call);
        if (call.AnswerEnded)
        {
            return;
        }

        string reason = $"it has reset the call ({Session.Describe(code)})";
        if (code == ErrorCode.RefusedStream && !call.AnswerBegan)
        {
            _forwarder.Repeat(call, reason);
        }
        else
        {
            _forwarder.Unavailable(call, reason);
        }
    }

    private void End(Call call)
    {
        _forwarder.AnswerComplete(call);
        call.Caller!.ResumeAnswer(call);
    }

    private void Break(Call call, string reason)
    {
        _forwarder.Part(call);
        Reset(call.ServiceStream, ErrorCode.Cancel);
        _forwarder.Unavailable(call, reason);
    }
}
