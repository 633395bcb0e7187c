using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using PvExec.Http2.Native;

namespace PvExec.Http2.Sessions;

/// <summary>Where nghttp2 takes the bytes of a stream from: the connection that the stream is of.</summary>
internal static unsafe class BodySource
{
    public static DataProvider Provider(nint slot) => new() { source = slot, read_callback = &Read };

    [UnmanagedCallersOnly]
    private static nint Read(nint session, int stream, byte* buffer, nuint length, uint* flags, nint* source, nint userData)
    {
        var connection = Unsafe.As<Connection>(GCHandle.FromIntPtr(userData).Target!);
        try
        {
            BodyEnd end = BodyEnd.NotYet;
            int count = connection.OnReadBody(stream, *source, new Span<byte>(buffer, (int)length), ref end);
            *flags |= end switch
            {
                BodyEnd.Last => Nghttp2.DATA_FLAG_EOF,
                BodyEnd.TrailersFollow => Nghttp2.DATA_FLAG_EOF | Nghttp2.DATA_FLAG_NO_END_STREAM,
                _ => 0,
            };
            return count == 0 && end == BodyEnd.NotYet ? Nghttp2.ERR_DEFERRED : count;
        }
        catch (Exception e)
        {
            return connection.Fault(e);
        }
    }
}
