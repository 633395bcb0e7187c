using System.Globalization;
using System.Text;
using Microsoft.Extensions.Logging;
using PvExec.Front.Core;
using PvExec.Hosting.Faults;
using PvExec.Http2.Loop;
using PvExec.Http2.Native;
using PvExec.Http2.Sessions;
using PvExec.Kernel;

namespace PvExec.Front.Proxy;

/// <summary>
/// Passes every call on to the service that its path names, and answers in gRPC's own terms when it cannot. It joins the
/// two streams of a call and parts them; the connections move the bytes.
/// </summary>
internal sealed class Forwarder
{
    private static readonly byte[] NotGrpc = [.. "This is a gRPC port: POST with content-type application/grpc over HTTP/2.\n"u8];

    private readonly EventLoop _loop;
    private readonly FrontLimits _limits;
    private readonly KeptBytesBudget _kept;
    private readonly ServicePool[] _services;
    private readonly ILogger _log;

    public Forwarder(EventLoop loop, FrontLimits limits, RuntimePaths paths, ILogger log)
    {
        _loop = loop;
        _limits = limits;
        _log = log;
        _kept = new KeptBytesBudget(limits.KeptBytes);
        _services = [.. Services.All.Select(service => new ServicePool(service, paths.Grpc(service), loop, this, limits))];
    }

    public CallTable Calls { get; } = new();

    /// <summary>New calls are refused.</summary>
    public bool IsStopping { get; set; }

    /// <summary>A caller's header is complete.</summary>
    public void Begin(Call call)
    {
        if (call.Header.Size > _limits.RequestHeaderBytes)
        {
            Answer(call, GrpcStatus.ResourceExhausted, $"the call's header has more than {_limits.RequestHeaderBytes} bytes: send less metadata");
        }
        else if (!GrpcContentType.Matches(call.Header.Find("content-type"u8)))
        {
            AnswerNotGrpc(call);
        }
        else if (IsStopping)
        {
            Answer(call, GrpcStatus.Unavailable, "the front is stopping: it takes no new calls");
        }
        else if (Routes.Find(call.Header.Find(":path"u8)) is { } service)
        {
            call.Target = _services[(int)service];
            call.Request.Keep(_kept, _limits.KeptBytesPerCall);
            call.Target.Send(call);
        }
        else
        {
            Answer(call, GrpcStatus.Unimplemented, $"no service answers to {Path(call)}: see that client and daemon are of the same version");
        }
    }

    /// <summary>The caller's stream has ended: all was said, or it has left.</summary>
    public void End(Call call)
    {
        if (call.Service is { } service)
        {
            Part(call);
            if (!call.AnswerEnded || !call.RequestPassed)
            {
                service.Reset(call.ServiceStream, ErrorCode.Cancel);
            }
        }

        Calls.End(call);
    }

    /// <summary>Takes the call from its service's connection.</summary>
    public void Part(Call call)
    {
        call.Service?.Remove(call);
        call.Service = null;
    }

    /// <summary>All of the service's answer is here; what the caller may still send is of no use.</summary>
    public void AnswerComplete(Call call)
    {
        call.AnswerEnded = true;
        if (!call.RequestPassed && call.Service is { } service)
        {
            Part(call);
            service.Reset(call.ServiceStream, ErrorCode.NoError);
        }

        if (!call.RequestPassed)
        {
            call.Caller!.DropRequest(call);
        }
    }

    /// <summary>The service has certainly not processed the call, which is none of its connection any more: it is sent once more, a little later.</summary>
    public void Repeat(Call call, string reason)
    {
        if (!call.Request.CanRewind)
        {
            string why = call.Request.IsTooLong ? "its body is too long to be kept" : "too much was kept of other calls' bodies";
            Unavailable(call, $"{reason}, and the call cannot be repeated: {why}");
            return;
        }

        if (call.Repeats == RepeatRule.MaxRepeats)
        {
            Unavailable(call, reason);
            return;
        }

        call.Repeats++;
        call.HeaderAt = -1;
        call.RequestPassed = false;
        call.RequestAwaited = false;
        call.AnswerHeader.Clear();
        call.Request.Rewind();
        uint use = call.Use;
        _loop.After(RepeatRule.Delay(call.Repeats), () =>
        {
            // The caller may have left meanwhile.
            if (call.Use == use)
            {
                call.Target!.Send(call);
            }
        });
    }

    /// <summary>The call is none of a connection any more, and gets an end of the front's own.</summary>
    public void Unavailable(Call call, string reason)
    {
        string program = call.Target!.Service.Program();
        FrontLog.ServiceUnavailable(_log, program, Path(call), reason);
        Answer(call, GrpcStatus.Unavailable, $"{program} is not available: {reason}");
    }

    /// <summary>
    /// Before anything was sent: an answer of headers only, HTTP 200 (what the gRPC specification calls Trailers-Only).
    /// In the middle of a response: the trailers.
    /// </summary>
    private void Answer(Call call, GrpcStatus status, string message)
    {
        HeaderBlock header = call.AnswerBegan ? call.Trailers : call.AnswerHeader;
        header.Clear();
        if (!call.AnswerBegan)
        {
            header.Add(":status"u8, "200"u8);
            header.Add("content-type"u8, GrpcContentType.Plain);
        }

        header.Add("grpc-status"u8, Encoding.ASCII.GetBytes(((int)status).ToString(CultureInfo.InvariantCulture)));
        header.Add("grpc-message"u8, Encoding.ASCII.GetBytes(GrpcMessage.Encode(message)));
        Finish(call);
    }

    /// <summary>Tells a browser, or curl, what it has found. (HTTP/1 never gets this far.)</summary>
    private void AnswerNotGrpc(Call call)
    {
        call.AnswerHeader.Add(":status"u8, "415"u8);
        call.AnswerHeader.Add("content-type"u8, "text/plain; charset=utf-8"u8);
        call.Answer.Append(NotGrpc);
        Finish(call);
    }

    private void Finish(Call call)
    {
        AnswerComplete(call);
        if (call.AnswerBegan)
        {
            call.Caller!.ResumeAnswer(call);
        }
        else
        {
            call.Caller!.BeginAnswer(call);
        }
    }

    /// <summary>In quotes, and shortened: a caller may send kilobytes.</summary>
    private static string Path(Call call) => Quoted.Of(Encoding.UTF8.GetString(call.Header.Find(":path"u8)));
}
