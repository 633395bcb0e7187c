using PvExec.Linux.Events;

namespace PvExec.Front.Loop;

/// <summary>Something that a descriptor wakes.</summary>
internal interface IPolled
{
    /// <summary>An exception ends it (<see cref="Abandon"/>), and nothing else.</summary>
    void OnReady(PollEvents events);

    void Abandon(Exception error);
}
