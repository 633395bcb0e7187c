using System.IO.Pipelines;
using Microsoft.AspNetCore.Http.Features;

namespace PvExec.Front.Adapters;

/// <summary>
/// Notices that the whole answer has gone out. A service may end a call while its caller could still send: the answer is
/// complete then, the reading of the request has to end, and that it was broken off is no failure. Ended before, the
/// forwarder would give up the rest of the answer with it.
/// </summary>
internal sealed class AnswerEnd : IHttpResponseBodyFeature
{
    private readonly CancellationTokenSource _completed = new(); // never disposed: it has no timer and is linked to nothing
    private readonly IHttpResponseBodyFeature _server;

    private AnswerEnd(IHttpResponseBodyFeature server) => _server = server;

    /// <summary>Cancelled when the answer is complete.</summary>
    public CancellationToken Completed => _completed.Token;

    Stream IHttpResponseBodyFeature.Stream => _server.Stream;

    PipeWriter IHttpResponseBodyFeature.Writer => _server.Writer;

    /// <summary>Puts itself in the place of the server's own.</summary>
    public static AnswerEnd Install(HttpContext context)
    {
        var end = new AnswerEnd(context.Features.GetRequiredFeature<IHttpResponseBodyFeature>());
        context.Features.Set<IHttpResponseBodyFeature>(end);
        return end;
    }

    void IHttpResponseBodyFeature.DisableBuffering() => _server.DisableBuffering();

    Task IHttpResponseBodyFeature.StartAsync(CancellationToken cancellationToken) => _server.StartAsync(cancellationToken);

    Task IHttpResponseBodyFeature.SendFileAsync(string path, long offset, long? count, CancellationToken cancellationToken) =>
        _server.SendFileAsync(path, offset, count, cancellationToken);

    async Task IHttpResponseBodyFeature.CompleteAsync()
    {
        await _server.CompleteAsync();
        await _completed.CancelAsync();
    }
}
