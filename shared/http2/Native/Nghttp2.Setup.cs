using System.Runtime.InteropServices;

namespace PvExec.Http2.Native;

/// <content>Callbacks and options.</content>
internal static unsafe partial class Nghttp2
{
    [LibraryImport(Library)]
    public static partial int nghttp2_session_callbacks_new(nint* callbacks_ptr);

    [LibraryImport(Library)]
    public static partial void nghttp2_session_callbacks_set_on_begin_headers_callback(
        nint cbs, delegate* unmanaged<nint, Frame*, nint, int> callback);

    [LibraryImport(Library)]
    public static partial void nghttp2_session_callbacks_set_on_header_callback(
        nint cbs, delegate* unmanaged<nint, Frame*, byte*, nuint, byte*, nuint, byte, nint, int> callback);

    [LibraryImport(Library)]
    public static partial void nghttp2_session_callbacks_set_on_frame_recv_callback(
        nint cbs, delegate* unmanaged<nint, Frame*, nint, int> callback);

    [LibraryImport(Library)]
    public static partial void nghttp2_session_callbacks_set_on_data_chunk_recv_callback(
        nint cbs, delegate* unmanaged<nint, byte, int, byte*, nuint, nint, int> callback);

    [LibraryImport(Library)]
    public static partial void nghttp2_session_callbacks_set_on_stream_close_callback(
        nint cbs, delegate* unmanaged<nint, int, uint, nint, int> callback);

    [LibraryImport(Library)]
    public static partial void nghttp2_session_callbacks_set_before_frame_send_callback(
        nint cbs, delegate* unmanaged<nint, Frame*, nint, int> callback);

    [LibraryImport(Library)]
    public static partial void nghttp2_session_callbacks_set_on_frame_send_callback(
        nint cbs, delegate* unmanaged<nint, Frame*, nint, int> callback);

    [LibraryImport(Library)]
    public static partial int nghttp2_option_new(nint* option_ptr);

    [LibraryImport(Library)]
    public static partial void nghttp2_option_del(nint option);

    [LibraryImport(Library)]
    public static partial void nghttp2_option_set_no_auto_window_update(nint option, int val);

    [LibraryImport(Library)]
    public static partial void nghttp2_option_set_peer_max_concurrent_streams(nint option, uint val);

    [LibraryImport(Library)]
    public static partial void nghttp2_option_set_no_closed_streams(nint option, int val);

    [LibraryImport(Library)]
    public static partial void nghttp2_option_set_max_send_header_block_length(nint option, nuint val);

    [LibraryImport(Library)]
    public static partial void nghttp2_option_set_stream_reset_rate_limit(nint option, ulong burst, ulong rate);
}
