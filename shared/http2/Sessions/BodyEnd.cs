namespace PvExec.Http2.Sessions;

/// <summary>Whether a body ends with the bytes that are given.</summary>
internal enum BodyEnd
{
    NotYet,
    Last,
    TrailersFollow,
}
