using System.Runtime.InteropServices;

namespace PvExec.Http2.Native;

/// <summary>nghttp2.h: one session, its frames in and out. What is not here is of no use to a proxy.</summary>
internal static unsafe partial class Nghttp2
{
    public const int ERR_DEFERRED = -508, ERR_CALLBACK_FAILURE = -902, ERR_BAD_CLIENT_MAGIC = -903;
    public const uint DATA_FLAG_EOF = 1, DATA_FLAG_NO_END_STREAM = 2;
    public const byte NV_FLAG_NO_INDEX = 1;

    private const string Library = "nghttp2";

    [LibraryImport(Library)]
    public static partial int nghttp2_session_server_new2(nint* session_ptr, nint callbacks, nint user_data, nint option);

    [LibraryImport(Library)]
    public static partial int nghttp2_session_client_new2(nint* session_ptr, nint callbacks, nint user_data, nint option);

    [LibraryImport(Library)]
    public static partial void nghttp2_session_del(nint session);

    [LibraryImport(Library)]
    public static partial nint nghttp2_session_mem_recv(nint session, byte* @in, nuint inlen);

    [LibraryImport(Library)]
    public static partial nint nghttp2_session_mem_send(nint session, byte** data_ptr);

    [LibraryImport(Library)]
    public static partial int nghttp2_session_want_read(nint session);

    [LibraryImport(Library)]
    public static partial int nghttp2_session_want_write(nint session);

    [LibraryImport(Library)]
    public static partial nuint nghttp2_session_get_outbound_queue_size(nint session);

    [LibraryImport(Library)]
    public static partial int nghttp2_session_get_last_proc_stream_id(nint session);

    [LibraryImport(Library)]
    public static partial uint nghttp2_session_get_remote_settings(nint session, int id);

    [LibraryImport(Library)]
    public static partial int nghttp2_session_get_remote_window_size(nint session);

    [LibraryImport(Library)]
    public static partial nint nghttp2_session_get_stream_user_data(nint session, int stream_id);

    [LibraryImport(Library)]
    public static partial int nghttp2_session_set_stream_user_data(nint session, int stream_id, nint stream_user_data);

    [LibraryImport(Library)]
    public static partial int nghttp2_session_set_local_window_size(nint session, byte flags, int stream_id, int window_size);

    [LibraryImport(Library)]
    public static partial int nghttp2_session_consume_connection(nint session, nuint size);

    [LibraryImport(Library)]
    public static partial int nghttp2_session_consume_stream(nint session, int stream_id, nuint size);

    [LibraryImport(Library)]
    public static partial int nghttp2_session_resume_data(nint session, int stream_id);

    [LibraryImport(Library)]
    public static partial byte* nghttp2_strerror(int lib_error_code);

    [LibraryImport(Library)]
    public static partial byte* nghttp2_http2_strerror(uint error_code);
}
