using System.Net;
using PvExec.Front.Adapters;
using PvExec.Front.Core;
using PvExec.Kernel;
using Yarp.ReverseProxy.Forwarder;

namespace PvExec.Front;

/// <summary>Passes every gRPC call on to the service that its path names, and answers in gRPC's own terms when it cannot.</summary>
public sealed class FrontService(IHttpForwarder forwarder, ServiceSockets sockets, IHostApplicationLifetime lifetime, ILogger<FrontService> log)
{
    /// <summary>The caller's deadline is the only one: a stream may be silent for as long as its two ends like.</summary>
    private static readonly ForwarderRequestConfig Forwarding = new()
    {
        Version = HttpVersion.Version20,
        VersionPolicy = HttpVersionPolicy.RequestVersionExact,
        ActivityTimeout = Timeout.InfiniteTimeSpan,
        AllowResponseBuffering = false,
    };

    public Task HandleAsync(HttpContext context)
    {
        if (!GrpcContentType.Matches(context.Request.ContentType))
        {
            return NotGrpcAnswer.WriteAsync(context);
        }

        if (lifetime.ApplicationStopping.IsCancellationRequested)
        {
            GrpcAnswer.Write(context, GrpcStatus.Unavailable, "the front is stopping: it takes no new calls");
            return Task.CompletedTask;
        }

        string path = context.Request.Path.Value ?? "";
        if (Routes.Find(path) is { } service)
        {
            return ForwardAsync(context, service, path);
        }

        GrpcAnswer.Write(context, GrpcStatus.Unimplemented, $"no service answers to '{path}': see that client and daemon are of the same version");
        return Task.CompletedTask;
    }

    private async Task ForwardAsync(HttpContext context, Service service, string path)
    {
        DeferredReset reset = DeferredReset.Install(context);
        AnswerEnd answer = AnswerEnd.Install(context);
        ForwarderError error = await forwarder.SendAsync(
            context, sockets.Address(service), sockets.Invoker(service), Forwarding, HttpTransformer.Default, answer.Completed);
        if (error == ForwarderError.None || answer.Completed.IsCancellationRequested)
        {
            return;
        }

        ForwardingFailure failure = ForwardingFailure.Of(context, error);
        if (failure.ByCaller)
        {
            reset.Apply();
            return;
        }

        FrontLog.ServiceUnavailable(log, service.Program(), path, failure.Reason);
        GrpcAnswer.Write(context, GrpcStatus.Unavailable, $"{service.Program()} is not available: {failure.Reason}");
    }
}
