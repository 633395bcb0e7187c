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

    /// <summary>The number of a descriptor in the child, a terminal, that controls its session. Null (the default): it has none. Needs <see cref="ProcessGrouping.NewSession"/>.</summary>
    public int? ControllingTerminal { get; init; }

    /// <summary>The user id it runs as. Null (the default): the daemon's. Another one needs root.</summary>
    public uint? Uid { get; init; }

    /// <summary>The group id it runs as. Null (the default): the daemon's; it is not looked up from <see cref="Uid"/>.</summary>
    public uint? Gid { get; init; }

    /// <summary>All its supplementary groups. Null (the default): none when <see cref="Uid"/> is given and the daemon is root, else the daemon's.</summary>
    public IReadOnlyList<uint>? Groups { get; init; }

    /// <summary>One for a resource; those not named are the daemon's, as it was started.</summary>
    public IReadOnlyList<ChildLimit> Limits { get; init; } = [];

    /// <summary>-20, the most favourable, to 19. Null (the default): the daemon's.</summary>
    public int? Nice { get; init; }

    /// <summary>-1000, never killed when memory runs out, to 1000, killed first. Null (the default): the daemon's, as it was started.</summary>
    public int? OomScoreAdjustment { get; init; }

    /// <summary>The permission bits that new files do not get, 0 to 0777 (octal). Null (the default): the daemon's.</summary>
    public uint? Umask { get; init; }

    /// <summary>Whether programs with set-user-id bits or file capabilities give it nothing more (prctl(2), PR_SET_NO_NEW_PRIVS).</summary>
    public bool NoNewPrivileges { get; init; }

    /// <summary>
    /// Whether it gets a cgroup of its own where pv-init can make one (cgroup v2, writable): <see cref="SignalScope.Tree"/>
    /// then means the cgroup, and <see cref="ChildExit.OomKilled"/> can be told. Elsewhere nothing happens.
    /// </summary>
    public bool OwnCgroup { get; init; } = true;

    /// <summary>Whether <see cref="Child.PidFd"/> is wanted; the caller disposes it.</summary>
    public bool HoldPidFd { get; init; }

    /// <summary>
    /// Whether what awaits the answer, or <see cref="Child.Exited"/>, goes on at once, on the thread that receives from pv-init: no other thread
    /// has to be woken. It must not wait for anything there that comes from pv-init.
    /// </summary>
    public bool GoesOnAtOnce { get; init; }
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

    /// <summary>Nothing: it stays in pv-init's session and group. <see cref="SignalScope.Group"/> is then the child alone.</summary>
    Same,
}
