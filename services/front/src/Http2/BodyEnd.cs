namespace PvExec.Front.Http2;

/// <summary>Whether a body ends with the bytes that are given.</summary>
internal enum BodyEnd
{
    NotYet,
    Last,
    TrailersFollow,
}
