namespace PvExec.Hosting.Init;

/// <summary>A limit of a child (setrlimit(2)).</summary>
/// <param name="Soft">What counts, in the unit of the resource; null: unlimited.</param>
/// <param name="Hard">How far the child may raise it; null: unlimited. Raising it above the daemon's needs root.</param>
public readonly record struct ChildLimit(LimitedResource Resource, long? Soft, long? Hard)
{
    public override string ToString() => $"{Resource} {Soft?.ToString() ?? "unlimited"}:{Hard?.ToString() ?? "unlimited"}";
}

/// <summary>What is limited; the numbers are those of setrlimit(2) on x86-64 and arm64. RLIMIT_LOCKS is pv-init's own.</summary>
public enum LimitedResource
{
    /// <summary>Seconds of processor time.</summary>
    ProcessorTime = 0,

    /// <summary>Bytes of a file that it writes.</summary>
    FileSize = 1,

    /// <summary>Bytes of its data segment.</summary>
    Data = 2,

    /// <summary>Bytes of its stack.</summary>
    Stack = 3,

    /// <summary>Bytes of a core image.</summary>
    Core = 4,

    /// <summary>Processes and threads of its user; does not bind root.</summary>
    Processes = 6,

    /// <summary>Descriptors, one more than the highest.</summary>
    Descriptors = 7,

    /// <summary>Bytes that may be locked into memory.</summary>
    LockedMemory = 8,

    /// <summary>Bytes of its address space.</summary>
    AddressSpace = 9,

    /// <summary>Signals that may wait.</summary>
    PendingSignals = 11,

    /// <summary>Bytes in POSIX message queues.</summary>
    MessageQueues = 12,

    /// <summary>20 less the best nice value it may take.</summary>
    Nice = 13,

    /// <summary>The highest real-time priority.</summary>
    RealTimePriority = 14,

    /// <summary>Microseconds of real-time processor time without a pause.</summary>
    RealTimeTime = 15,
}
