using PvExec.Http2.Serving;
using static PvExec.Http2.Native.Nghttp2;

namespace PvExec.Http2.Sessions;

/// <summary>
/// Options of nghttp2, needed while a session is made. Left as they are, since what they stand at is right: at most 1,000 answers to PING and SETTINGS
/// that wait to be sent, 32 entries in a SETTINGS frame, and 8 CONTINUATION frames in a row.
/// </summary>
internal sealed unsafe class SessionOptions : IDisposable
{
    private SessionOptions(int headerBytes)
    {
        nint options;
        Session.Check(nghttp2_option_new(&options), "nghttp2_option_new");
        Handle = options;

        // The windows open as bytes are passed on, not as they come.
        nghttp2_option_set_no_auto_window_update(options, 1);
        nghttp2_option_set_no_closed_streams(options, 1);
        nghttp2_option_set_max_send_header_block_length(options, (nuint)headerBytes * 2);
    }

    public nint Handle { get; }

    public static SessionOptions Server(CallerLimits limits)
    {
        var options = new SessionOptions(limits.AnswerHeaderBytes);

        // A flood of calls that are broken off at once ("rapid reset").
        nghttp2_option_set_stream_reset_rate_limit(options.Handle, limits.ResetBurst, limits.ResetsPerSecond);
        return options;
    }

    public static SessionOptions Client(int headerBytes)
    {
        var options = new SessionOptions(headerBytes);

        // Until the service's SETTINGS have come, which it sends once it has accepted: a call too many is refused, and repeated.
        nghttp2_option_set_peer_max_concurrent_streams(options.Handle, int.MaxValue);
        return options;
    }

    public void Dispose() => nghttp2_option_del(Handle);
}
