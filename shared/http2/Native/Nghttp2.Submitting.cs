using System.Runtime.InteropServices;

namespace PvExec.Http2.Native;

/// <content>What is to be sent.</content>
internal static unsafe partial class Nghttp2
{
    [LibraryImport(Library)]
    public static partial int nghttp2_submit_settings(nint session, byte flags, SettingsEntry* iv, nuint niv);

    [LibraryImport(Library)]
    public static partial int nghttp2_submit_request(nint session, nint pri_spec, Nv* nva, nuint nvlen, DataProvider* data_prd, nint stream_user_data);

    [LibraryImport(Library)]
    public static partial int nghttp2_submit_response(nint session, int stream_id, Nv* nva, nuint nvlen, DataProvider* data_prd);

    [LibraryImport(Library)]
    public static partial int nghttp2_submit_trailer(nint session, int stream_id, Nv* nva, nuint nvlen);

    [LibraryImport(Library)]
    public static partial int nghttp2_submit_rst_stream(nint session, byte flags, int stream_id, uint error_code);

    [LibraryImport(Library)]
    public static partial int nghttp2_submit_ping(nint session, byte flags, byte* opaque_data);

    [LibraryImport(Library)]
    public static partial int nghttp2_submit_shutdown_notice(nint session);

    [LibraryImport(Library)]
    public static partial int nghttp2_submit_goaway(
        nint session, byte flags, int last_stream_id, uint error_code, byte* opaque_data, nuint opaque_data_len);
}
