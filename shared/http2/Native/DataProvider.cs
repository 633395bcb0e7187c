namespace PvExec.Http2.Native;

/// <summary><c>nghttp2_data_provider</c>.</summary>
internal unsafe struct DataProvider
{
    /// <summary>The union <c>nghttp2_data_source</c>.</summary>
    public nint source;

    public delegate* unmanaged<nint, int, byte*, nuint, uint*, nint*, nint, nint> read_callback;
}
