using Microsoft.AspNetCore.Connections;
using Yarp.ReverseProxy.Forwarder;

namespace PvExec.Front.Adapters;

/// <summary>Who broke a call, and how.</summary>
/// <param name="ByCaller">The caller left or broke its stream; nobody is there to be told of it.</param>
/// <param name="Reason">One line.</param>
internal readonly record struct ForwardingFailure(bool ByCaller, string Reason)
{
    /// <summary>
    /// The forwarder's own error does not say who: when a service dies under a duplex stream it cancels the other direction
    /// itself and reports that. The server's exceptions do: a service's connection never throws these.
    /// </summary>
    public static ForwardingFailure Of(HttpContext context, ForwarderError error)
    {
        IReadOnlyList<Exception> causes = context.Features.Get<IForwarderErrorFeature>()?.Exception switch
        {
            null => [],
            AggregateException several => several.Flatten().InnerExceptions,
            var single => [single],
        };
        bool byCaller = context.RequestAborted.IsCancellationRequested
            || causes.Any(cause => cause is ConnectionResetException or ConnectionAbortedException or BadHttpRequestException);

        // With several causes the last is that of the response, the service's.
        string reason = causes.Count > 0 ? causes[^1].GetBaseException().Message.ReplaceLineEndings(" ") : error.ToString();
        return new ForwardingFailure(byCaller, reason);
    }
}
