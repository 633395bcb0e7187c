namespace PvExec.Linux.Processes;

/// <summary>What a process and its waited-for descendants used (getrusage(2)).</summary>
/// <param name="UserMicroseconds">Processor time in user mode.</param>
/// <param name="SystemMicroseconds">Processor time in the kernel.</param>
/// <param name="MaxResidentBytes">The largest resident set.</param>
public readonly record struct ProcessUsage(long UserMicroseconds, long SystemMicroseconds, long MaxResidentBytes)
{
    /// <summary>Page faults that were served from memory.</summary>
    public long MinorFaults { get; init; }

    /// <summary>Page faults that needed the disk.</summary>
    public long MajorFaults { get; init; }

    /// <summary>Reads from the disk, in the kernel's blocks of 512 bytes.</summary>
    public long BlocksRead { get; init; }

    /// <summary>Writes to the disk, in the kernel's blocks of 512 bytes.</summary>
    public long BlocksWritten { get; init; }

    /// <summary>Times it gave the processor up to wait.</summary>
    public long VoluntarySwitches { get; init; }

    /// <summary>Times the processor was taken from it.</summary>
    public long InvoluntarySwitches { get; init; }
}
