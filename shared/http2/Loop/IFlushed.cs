namespace PvExec.Http2.Loop;

/// <summary>Something that sends what a turn of the loop has gathered for it, once at the end of the turn.</summary>
internal interface IFlushed : IPolled
{
    void Flush();
}
