using System.Runtime.InteropServices;

namespace PvExec.Hosting.Init;

/// <summary>What to start, and how.</summary>
public sealed record SpawnSpec
{
    /// <summary>What the owner calls it, unique among its children: a run's id, a process's name and generation. Shown by pv-init.</summary>
    public required string Label { get; init; }

    /// <summary>The owner's own notes, kept by pv-init and given back after a restart of the owner. At most 48 KiB.</summary>
    public ReadOnlyMemory<byte> State { get; init; }

    /// <summary>The program and its arguments. A program without a slash is looked up in PATH of <see cref="Environment"/>.</summary>
    public required IReadOnlyList<string> Arguments { get; init; }

    /// <summary>The whole environment, as <c>NAME=value</c>.</summary>
    public required IReadOnlyList<string> Environment { get; init; }

    /// <summary>An absolute path.</summary>
    public required string WorkingDirectory { get; init; }

    /// <summary>The child's descriptors; those not named are closed, and 0, 1 and 2 are /dev/null when not named.</summary>
    public IReadOnlyList<DescriptorMapping> Descriptors { get; init; } = [];

    /// <summary>Descriptors that pv-init keeps until the exit is acknowledged and gives back after a restart of the owner: the read end of an output pipe.</summary>
    public IReadOnlyList<KeptDescriptor> Kept { get; init; } = [];

    public ProcessGrouping Grouping { get; init; } = ProcessGrouping.NewSession;
}

/// <param name="Source">Open in this process; stays the caller's.</param>
/// <param name="Target">The number in the child.</param>
public readonly record struct DescriptorMapping(SafeHandle Source, int Target);

/// <param name="Name">What the owner calls it, such as <c>stdout</c>.</param>
/// <param name="Handle">Stays the caller's.</param>
public readonly record struct KeptDescriptor(string Name, SafeHandle Handle);

/// <summary>What the child leads.</summary>
public enum ProcessGrouping
{
    /// <summary>A session and a process group of its own.</summary>
    NewSession,

    /// <summary>A process group of its own in pv-init's session.</summary>
    NewGroup,
}
