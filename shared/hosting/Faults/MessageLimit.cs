using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.Net.Http.Headers;

namespace PvExec.Hosting.Faults;

/// <summary>
/// Says how large a message may be to a caller whose message is larger, and what to do: the library's own words say neither.
/// </summary>
/// <remarks>
/// The library refuses the message itself, by its length and before it is read into memory, and before any interceptor sees the
/// call. So its answer is what is left to be changed.
/// </remarks>
internal static class MessageLimit
{
    /// <summary>As in <c>GrpcProtocolConstants</c> of Grpc.AspNetCore.Server. A test fails when a version has others.</summary>
    private const string WordsOfLibrary = "Received message exceeds the maximum configured message size.";

    private const string ResourceExhausted = "8";

    /// <param name="maxBytes">The most that the library has been told to receive in one message.</param>
    /// <param name="instead">What to do with more, for the methods of this service; null: nothing is known.</param>
    public static void SayMessageLimit(this IEndpointConventionBuilder methods, int maxBytes, string? instead) => methods.Add(endpoint =>
    {
        if (endpoint.RequestDelegate is { } answer)
        {
            string words = Words(maxBytes, instead);
            endpoint.RequestDelegate = async call =>
            {
                await answer(call);
                IHeaderDictionary? end = call.Response.HasStarted ? call.Features.Get<IHttpResponseTrailersFeature>()?.Trailers : call.Response.Headers;
                if (end is not null && end[HeaderNames.GrpcStatus] == ResourceExhausted && end[HeaderNames.GrpcMessage] == WordsOfLibrary)
                {
                    end[HeaderNames.GrpcMessage] = $"{call.Request.Path}: {words}";
                }
            };
        }
    });

    /// <summary>Printable ASCII without a percent sign, which needs no encoding.</summary>
    private static string Words(int maxBytes, string? instead) =>
        $"at most {maxBytes} bytes ({maxBytes / (1024 * 1024)} MiB) are taken in one message, and this one is larger{(instead is null ? "" : $": {instead}")}";
}
