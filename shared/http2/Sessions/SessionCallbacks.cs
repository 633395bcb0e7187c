using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using PvExec.Http2.Native;
using static PvExec.Http2.Native.Nghttp2;

namespace PvExec.Http2.Sessions;

/// <summary>
/// What nghttp2 calls, passed on to the connection. An exception must not pass through native code: it is noted, and the
/// session ends. One set for all sessions, kept for ever.
/// </summary>
internal static unsafe class SessionCallbacks
{
    public static readonly nint Handle = Make();

    private static nint Make()
    {
        nint callbacks;
        Session.Check(nghttp2_session_callbacks_new(&callbacks), "nghttp2_session_callbacks_new");
        nghttp2_session_callbacks_set_on_begin_headers_callback(callbacks, &OnBeginHeaders);
        nghttp2_session_callbacks_set_on_header_callback(callbacks, &OnHeader);
        nghttp2_session_callbacks_set_on_frame_recv_callback(callbacks, &OnFrameReceived);
        nghttp2_session_callbacks_set_on_data_chunk_recv_callback(callbacks, &OnData);
        nghttp2_session_callbacks_set_on_stream_close_callback(callbacks, &OnStreamClosed);
        nghttp2_session_callbacks_set_before_frame_send_callback(callbacks, &OnSending);
        nghttp2_session_callbacks_set_on_frame_send_callback(callbacks, &OnSent);
        return callbacks;
    }

    private static Connection Of(nint userData) => Unsafe.As<Connection>(GCHandle.FromIntPtr(userData).Target!);

    [UnmanagedCallersOnly]
    private static int OnBeginHeaders(nint session, Frame* frame, nint userData)
    {
        Connection connection = Of(userData);
        try
        {
            connection.OnHeadersBegun(frame->stream_id);
            return 0;
        }
        catch (Exception e)
        {
            return connection.Fault(e);
        }
    }

    [UnmanagedCallersOnly]
    private static int OnHeader(nint session, Frame* frame, byte* name, nuint namelen, byte* value, nuint valuelen, byte flags, nint userData)
    {
        Connection connection = Of(userData);
        try
        {
            connection.OnField(
                frame->stream_id, new ReadOnlySpan<byte>(name, (int)namelen), new ReadOnlySpan<byte>(value, (int)valuelen), (flags & NV_FLAG_NO_INDEX) != 0);
            return 0;
        }
        catch (Exception e)
        {
            return connection.Fault(e);
        }
    }

    [UnmanagedCallersOnly]
    private static int OnFrameReceived(nint session, Frame* frame, nint userData)
    {
        Connection connection = Of(userData);
        try
        {
            bool isLast = (frame->flags & Frame.EndStream) != 0;
            switch (frame->type)
            {
                case Frame.Headers:
                    connection.OnHeadersEnded(frame->stream_id, isLast);
                    break;
                case Frame.Data when isLast:
                    connection.OnDataEnded(frame->stream_id);
                    break;
                case Frame.Ping when (frame->flags & Frame.Ack) != 0:
                    connection.OnPingAnswered(frame->opaque_data);
                    break;
                case Frame.GoAway:
                    connection.OnGoAway();
                    break;
            }

            return 0;
        }
        catch (Exception e)
        {
            return connection.Fault(e);
        }
    }

    [UnmanagedCallersOnly]
    private static int OnData(nint session, byte flags, int stream, byte* data, nuint length, nint userData)
    {
        Connection connection = Of(userData);
        try
        {
            connection.OnData(stream, new ReadOnlySpan<byte>(data, (int)length));
            return 0;
        }
        catch (Exception e)
        {
            return connection.Fault(e);
        }
    }

    [UnmanagedCallersOnly]
    private static int OnStreamClosed(nint session, int stream, uint errorCode, nint userData)
    {
        Connection connection = Of(userData);
        try
        {
            connection.OnStreamClosed(stream, (ErrorCode)errorCode);
            return 0;
        }
        catch (Exception e)
        {
            return connection.Fault(e);
        }
    }

    [UnmanagedCallersOnly]
    private static int OnSending(nint session, Frame* frame, nint userData)
    {
        Connection connection = Of(userData);
        try
        {
            if (frame->type == Frame.Headers)
            {
                connection.OnSendingHeaders(frame->stream_id);
            }

            return 0;
        }
        catch (Exception e)
        {
            return connection.Fault(e);
        }
    }

    [UnmanagedCallersOnly]
    private static int OnSent(nint session, Frame* frame, nint userData)
    {
        Connection connection = Of(userData);
        try
        {
            if (frame->type is Frame.Headers or Frame.Data && (frame->flags & Frame.EndStream) != 0)
            {
                connection.OnLastSent(frame->stream_id);
            }

            return 0;
        }
        catch (Exception e)
        {
            return connection.Fault(e);
        }
    }
}
