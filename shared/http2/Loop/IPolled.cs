using PvExec.Linux.Events;

namespace PvExec.Http2.Loop;

/// <summary>Something that a descriptor wakes.</summary>
internal interface IPolled
{
    /// <summary>An exception ends it (<see cref="Abandon"/>), and nothing else.</summary>
    void OnReady(PollEvents events);

    void Abandon(Exception error);
}
