namespace PvExec.Http2.Native;

/// <summary><c>nghttp2_nv</c>: one field of a header.</summary>
internal unsafe struct Nv
{
    public byte* name;
    public byte* value;
    public nuint namelen;
    public nuint valuelen;
    public byte flags;
}
