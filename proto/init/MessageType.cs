namespace PvExec.Proto.Init;

/// <summary>The first element of every message.</summary>
public enum MessageType : byte
{
    /// <summary>The message itself is in the memory file that came as the first descriptor.</summary>
    InMemoryFile = 0,

    Hello = 1,
    Spawn = 2,
    Signal = 3,
    Acknowledge = 4,
    ListServices = 5,
    TakeOver = 6,
    HandedOver = 7,
    RestartService = 8,

    Owned = 64,
    Welcome = 65,
    Spawned = 66,
    SpawnFailed = 67,
    Done = 68,
    Failed = 69,
    ServiceList = 70,
    Exited = 71,
    StopRequested = 72,
    Stored = 73,
    HandOverRequested = 74,
    TookOver = 75,
    ExitsDropped = 80,
}
