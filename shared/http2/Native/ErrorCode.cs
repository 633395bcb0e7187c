namespace PvExec.Http2.Native;

/// <summary>Why a stream or a connection ends (RFC 9113 section 7).</summary>
internal enum ErrorCode : uint
{
    NoError = 0,
    InternalError = 2,
    RefusedStream = 7,
    Cancel = 8,
}
