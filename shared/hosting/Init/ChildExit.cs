using PvExec.Kernel;

namespace PvExec.Hosting.Init;

/// <summary>How a child ended, and what it used.</summary>
/// <param name="UserTime">Processor time in user mode, the child and its waited-for descendants.</param>
/// <param name="SystemTime">Processor time in the kernel.</param>
/// <param name="MaxResidentBytes">The largest resident set.</param>
public sealed record ChildExit(ExitStatus Status, DateTimeOffset Ended, TimeSpan UserTime, TimeSpan SystemTime, long MaxResidentBytes)
{
    /// <summary>When it started, by pv-init's clock.</summary>
    public DateTimeOffset Started { get; init; }

    /// <summary>Whether the kernel killed a process of its cgroup because memory ran out; false where there is no such cgroup.</summary>
    public bool OomKilled { get; init; }

    /// <summary>Page faults that were served from memory.</summary>
    public long MinorFaults { get; init; }

    /// <summary>Page faults that needed the disk.</summary>
    public long MajorFaults { get; init; }

    /// <summary>What it had read from the disk, not from memory.</summary>
    public long ReadBytes { get; init; }

    /// <summary>What it had written to the disk.</summary>
    public long WrittenBytes { get; init; }

    /// <summary>Times it gave the processor up to wait.</summary>
    public long VoluntarySwitches { get; init; }

    /// <summary>Times the processor was taken from it.</summary>
    public long InvoluntarySwitches { get; init; }

    /// <summary>The number of its control group, if somebody is left in it; else 0.</summary>
    public ulong Group { get; init; }
}
