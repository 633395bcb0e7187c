namespace PvExec.Front.Adapters.Repeats;

/// <summary>
/// Repeats a call that the service certainly did not process, as one that arrived at an instance that has just handed over
/// to the next. The client's own code does that too, three times in a row and at once; where that meets the same connection
/// each time, it is repeated from here, a little later.
/// </summary>
/// <param name="inner">May send a request's content more than once.</param>
internal sealed class RepeatingHandler(HttpMessageHandler inner, KeptBytesBudget budget, TimeProvider time) : DelegatingHandler(inner)
{
    /// <summary>A service that refuses every call for longer than that (about ten seconds) is not being restarted.</summary>
    private const int MaxRepeats = 24;

    private static readonly TimeSpan FirstDelay = TimeSpan.FromMilliseconds(5);
    private static readonly TimeSpan LongestDelay = TimeSpan.FromMilliseconds(500);

    protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        if (request.Content is null)
        {
            return await base.SendAsync(request, cancellationToken);
        }

        var content = new RepeatableContent(request.Content, budget, cancellationToken);
        request.Content = content;
        TimeSpan delay = FirstDelay;
        try
        {
            for (int repeats = 0; ; repeats++)
            {
                content.IsStarted = false;
                try
                {
                    return await base.SendAsync(request, cancellationToken);
                }
                catch (HttpRequestException e) when (repeats < MaxRepeats && content.IsRepeatable && Unprocessed.IsCertain(e, content.IsStarted))
                {
                    await Task.Delay(delay, time, cancellationToken);
                    delay = delay * 2 < LongestDelay ? delay * 2 : LongestDelay;
                }
            }
        }
        finally
        {
            content.Settle();
        }
    }
}
