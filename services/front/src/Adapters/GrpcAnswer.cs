using System.Globalization;
using Microsoft.AspNetCore.Http.Features;
using PvExec.Front.Core;

namespace PvExec.Front.Adapters;

/// <summary>Ends a call with a status of the front's own.</summary>
internal static class GrpcAnswer
{
    /// <summary>
    /// Before anything was sent: an answer of headers only, HTTP 200 (what the gRPC specification calls Trailers-Only).
    /// In the middle of a response: the trailers.
    /// </summary>
    public static void Write(HttpContext context, GrpcStatus status, string message)
    {
        HttpResponse response = context.Response;
        IHeaderDictionary? headers = response.Headers;
        if (response.HasStarted)
        {
            headers = context.Features.Get<IHttpResponseTrailersFeature>()?.Trailers;
        }
        else
        {
            response.Clear();
            response.StatusCode = StatusCodes.Status200OK;
            response.ContentType = GrpcContentType.Plain;
        }

        if (headers is { IsReadOnly: false })
        {
            headers["grpc-status"] = ((int)status).ToString(CultureInfo.InvariantCulture);
            headers["grpc-message"] = GrpcMessage.Encode(message);
        }
    }
}
