using PvExec.Http2.Native;
using PvExec.Http2.Sessions;

namespace PvExec.Front.Proxy;

/// <content>The answers that go.</content>
internal sealed partial class CallerConnection
{
    /// <summary>The answer's header is complete.</summary>
    public void BeginAnswer(Call call)
    {
        call.AnswerBegan = true;
        bool hasBody = !call.AnswerEnded || call.Answer.Unread > 0;
        if (Session.Respond(call.CallerStream, call.AnswerHeader, hasBody, call.Slot) < 0)
        {
            Session.Reset(call.CallerStream, ErrorCode.InternalError);
        }

        call.AnswerHeader.Clear();
        SendSoon();
    }

    /// <summary>More of the answer has come, or its end.</summary>
    public void ResumeAnswer(Call call)
    {
        if (call.AnswerAwaited)
        {
            call.AnswerAwaited = false;
            Session.Resume(call.CallerStream);
        }

        SendSoon();
    }

    public override int OnReadBody(int stream, nint slot, Span<byte> buffer, ref BodyEnd end)
    {
        if (_forwarder.Calls.Find(slot) is not { } call || call.Caller != this || call.CallerStream != stream)
        {
            return 0;
        }

        int count = call.Answer.Read(buffer, out _);
        if (count > 0)
        {
            call.Service?.ConsumeAnswer(call, count);
        }

        if (call.AnswerEnded && call.Answer.Unread == 0)
        {
            end = BodyEnd.Last;
            if (call.Trailers.Count > 0)
            {
                end = BodyEnd.TrailersFollow;
                Session.Check(Session.Trailers(stream, call.Trailers), "nghttp2_submit_trailer");
            }
        }

        call.AnswerAwaited = count == 0 && end == BodyEnd.NotYet;
        return count;
    }

    /// <summary>A caller that could still send is told that nobody wants it (RFC 9113 section 8.1).</summary>
    public override void OnLastSent(int stream)
    {
        if (Find(stream) is { RequestEnded: false })
        {
            Session.Reset(stream, ErrorCode.NoError);
        }
    }
}
