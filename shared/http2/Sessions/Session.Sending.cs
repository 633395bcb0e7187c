using System.Runtime.InteropServices;
using PvExec.Http2.Native;
using static PvExec.Http2.Native.Nghttp2;

namespace PvExec.Http2.Sessions;

/// <content>What is to be sent.</content>
internal sealed unsafe partial class Session
{
    private const int FieldsOnStack = 64;

    private enum Block
    {
        Request,
        Response,
        Trailers,
    }

    /// <summary>Opens a stream.</summary>
    /// <param name="slot">What stands for the call, and is asked for its body.</param>
    /// <returns>The stream, or nghttp2's error number.</returns>
    public int Request(HeaderBlock fields, bool hasBody, nint slot) => Submit(Block.Request, 0, fields, hasBody, slot);

    /// <inheritdoc cref="Request"/>
    /// <returns>0, or nghttp2's error number.</returns>
    public int Respond(int stream, HeaderBlock fields, bool hasBody, nint slot) => Submit(Block.Response, stream, fields, hasBody, slot);

    public int Trailers(int stream, HeaderBlock fields) => Submit(Block.Trailers, stream, fields, hasBody: false, 0);

    /// <summary>Breaks a stream off; one that has ended is left alone.</summary>
    public void Reset(int stream, ErrorCode code) => Check(nghttp2_submit_rst_stream(_session, 0, stream, (uint)code), "nghttp2_submit_rst_stream");

    /// <summary>There are bytes again for a stream that had none when it was asked. One that has ended is left alone.</summary>
    public void Resume(int stream) => _ = nghttp2_session_resume_data(_session, stream);

    /// <summary>Bytes of a stream are done with: as many may come. A stream that has ended is left alone.</summary>
    public void ConsumeStream(int stream, int count) => _ = nghttp2_session_consume_stream(_session, stream, (nuint)count);

    /// <summary>The same for what all streams share.</summary>
    public void ConsumeConnection(long count) => _ = nghttp2_session_consume_connection(_session, (nuint)count);

    public nint Slot(int stream) => nghttp2_session_get_stream_user_data(_session, stream);

    public void SetSlot(int stream, nint slot) => _ = nghttp2_session_set_stream_user_data(_session, stream, slot);

    /// <param name="payload">Comes back with the answer.</param>
    public void Ping(ulong payload) => Check(nghttp2_submit_ping(_session, 0, (byte*)&payload), "nghttp2_submit_ping");

    /// <summary>Asks the client to open no more streams; those that it has on the way are taken (RFC 9113 section 6.8).</summary>
    public void SayLeaving() => Check(nghttp2_submit_shutdown_notice(_session), "nghttp2_submit_shutdown_notice");

    /// <summary>Takes no more streams.</summary>
    public void SayGone() =>
        Check(nghttp2_submit_goaway(_session, 0, nghttp2_session_get_last_proc_stream_id(_session), (uint)ErrorCode.NoError, null, 0), "nghttp2_submit_goaway");

    private int Submit(Block block, int stream, HeaderBlock fields, bool hasBody, nint slot)
    {
        Nv* onHeap = fields.Count > FieldsOnStack ? (Nv*)NativeMemory.Alloc((nuint)fields.Count, (nuint)sizeof(Nv)) : null;
        Nv* onStack = stackalloc Nv[onHeap == null ? fields.Count : 0];
        Nv* all = onHeap == null ? onStack : onHeap;
        try
        {
            fixed (byte* bytes = fields.Bytes)
            {
                for (int i = 0; i < fields.Count; i++)
                {
                    HeaderBlock.Field field = fields[i];
                    byte* name = bytes + field.Start;
                    all[i] = new Nv
                    {
                        name = name,
                        value = name + field.NameLength,
                        namelen = (nuint)field.NameLength,
                        valuelen = (nuint)field.ValueLength,
                        flags = field.IsSecret ? NV_FLAG_NO_INDEX : (byte)0,
                    };
                }

                DataProvider provider = BodySource.Provider(slot);
                DataProvider* body = hasBody ? &provider : null;
                return block switch
                {
                    Block.Request => nghttp2_submit_request(_session, 0, all, (nuint)fields.Count, body, slot),
                    Block.Response => nghttp2_submit_response(_session, stream, all, (nuint)fields.Count, body),
                    Block.Trailers => nghttp2_submit_trailer(_session, stream, all, (nuint)fields.Count),
                    _ => throw new ArgumentOutOfRangeException(nameof(block), block, null),
                };
            }
        }
        finally
        {
            NativeMemory.Free(onHeap);
        }
    }
}
