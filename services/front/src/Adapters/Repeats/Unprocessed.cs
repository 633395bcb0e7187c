namespace PvExec.Front.Adapters.Repeats;

/// <summary>Which failures mean that the service has done nothing for a call.</summary>
internal static class Unprocessed
{
    private const long NoError = 0; // RFC 9113 section 7
    private const long RefusedStream = 7;

    /// <summary>
    /// True for a stream that was refused (REFUSED_STREAM), for one that came after the last that a leaving service took
    /// (GOAWAY with NO_ERROR, RFC 9113 section 8.7), and for one that met a broken connection before anything was sent.
    /// A connection that broke later says nothing: the service may have done all and lost the answer.
    /// </summary>
    /// <param name="isStarted">Whether the body was begun, that is, whether the headers were sent.</param>
    public static bool IsCertain(HttpRequestException failure, bool isStarted) =>
        failure.GetBaseException() is HttpProtocolException { ErrorCode: NoError or RefusedStream }
        || (!isStarted && failure.HttpRequestError != HttpRequestError.ConnectionError);
}
