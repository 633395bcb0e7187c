using PvExec.Http2.Native;
using PvExec.Http2.Sessions;

namespace PvExec.Hosting.Server;

/// <content>The answers that go.</content>
internal sealed partial class CallConnection
{
    public override int OnReadBody(int stream, nint slot, Span<byte> buffer, ref BodyEnd end)
    {
        if (!_calls.TryGetValue(stream, out ServerCall? call))
        {
            return 0;
        }

        int count = call.Output.Read(buffer, out bool isLast);
        if (isLast)
        {
            end = BodyEnd.Last;
            if (call.Trailers is { Count: > 0 } trailers && Fits(call, trailers))
            {
                end = BodyEnd.TrailersFollow;
                Session.Check(Session.Trailers(stream, trailers), "nghttp2_submit_trailer");
                trailers.Clear();
            }
        }

        return count;
    }

    /// <summary>A caller that could still send is told that nobody wants it (RFC 9113 section 8.1).</summary>
    public override void OnLastSent(int stream)
    {
        if (_calls.TryGetValue(stream, out ServerCall? call))
        {
            call.IsLastSent = true;
            if (call.TakeReset(isLastSent: true) is { } code)
            {
                Session.Reset(stream, code);
            }
            else if (!call.Input.HasEnded)
            {
                Session.Reset(stream, ErrorCode.NoError);
            }
        }
    }

    /// <summary>From any thread: does what the call's handler wants done, in this turn or the next.</summary>
    public void Serve(ServerCall call)
    {
        if (Loop.IsCurrent)
        {
            OnAsked(call);
        }
        else if (call.TryAsk())
        {
            Loop.Post(call.Asked);
        }
    }

    /// <summary>On the loop.</summary>
    public void OnAsked(ServerCall call)
    {
        call.ForgetAsked();
        if (IsClosed || !_calls.ContainsKey(call.Stream))
        {
            return;
        }

        Give(call);
        if (call.TakeReset(call.IsLastSent) is { } code)
        {
            Session.Reset(call.Stream, code);
        }
        else if (call.TakeHeader() is { } header)
        {
            Respond(call, header);
        }
        else
        {
            Session.Resume(call.Stream);
        }

        SendSoon();
    }

    private void Respond(ServerCall call, HeaderBlock header)
    {
        bool hasBody = call.Output.HasBody || call.Trailers is { Count: > 0 };
        if (Fits(call, header))
        {
            if (Session.Respond(call.Stream, header, hasBody, call.Stream) < 0)
            {
                Session.Reset(call.Stream, ErrorCode.InternalError);
            }
            else if (!hasBody)
            {
                call.Output.SetGiven();
            }
        }

        header.Clear();
    }

    /// <summary>What does not fit would be left out by the session, and its caller would wait for ever: the call is broken off.</summary>
    private bool Fits(ServerCall call, HeaderBlock block)
    {
        if (block.Size <= Limits.AnswerHeaderBytes)
        {
            return true;
        }

        Session.Reset(call.Stream, ErrorCode.InternalError);
        Report(call, new InvalidOperationException($"its answer has a header, or trailers, of {block.Size} bytes: at most {Limits.AnswerHeaderBytes} are sent"));
        return false;
    }
}
