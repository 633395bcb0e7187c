using System.Runtime.InteropServices;
using System.Text;
using PvExec.Http2.Native;

namespace PvExec.Front.Tests.Rig;

/// <summary>Reads compressed headers (RFC 7541) with nghttp2's own inflater.</summary>
internal sealed unsafe partial class HeaderDecoder
{
    private const int Emit = 2, Final = 1;

    private nint _inflater;

    public HeaderDecoder()
    {
        fixed (nint* inflater = &_inflater)
        {
            Assert.Equal(0, nghttp2_hd_inflate_new(inflater));
        }
    }

    /// <returns>A line <c>name: value</c> for each field.</returns>
    public string Decode(byte[] block)
    {
        var text = new StringBuilder();
        fixed (byte* start = block)
        {
            nuint done = 0;
            int flags = 0;
            while ((flags & Final) == 0)
            {
                Nv field;
                nint count = nghttp2_hd_inflate_hd2(_inflater, &field, &flags, start + done, (nuint)block.Length - done, 1);
                Assert.True(count >= 0, "a header cannot be read");
                done += (nuint)count;
                if ((flags & Emit) != 0)
                {
                    text.Append($"{Text(field.name, field.namelen)}: {Text(field.value, field.valuelen)}\n");
                }
            }
        }

        Assert.Equal(0, nghttp2_hd_inflate_end_headers(_inflater));
        return text.ToString();
    }

    ~HeaderDecoder() => nghttp2_hd_inflate_del(_inflater);

    private static string Text(byte* start, nuint length) => Encoding.UTF8.GetString(start, (int)length);

    [LibraryImport("nghttp2")]
    private static partial int nghttp2_hd_inflate_new(nint* inflater_ptr);

    [LibraryImport("nghttp2")]
    private static partial void nghttp2_hd_inflate_del(nint inflater);

    [LibraryImport("nghttp2")]
    private static partial nint nghttp2_hd_inflate_hd2(nint inflater, Nv* nv_out, int* inflate_flags, byte* @in, nuint inlen, int in_final);

    [LibraryImport("nghttp2")]
    private static partial int nghttp2_hd_inflate_end_headers(nint inflater);
}
