using DotNet.Testcontainers.Volumes;

namespace PvExec.IntegrationTests.Rig;

/// <summary>How a container of the tested image is started.</summary>
public sealed record ContainerSpec
{
    /// <summary>What stands behind the entrypoint <c>pv-init</c>.</summary>
    public IReadOnlyList<string> Arguments { get; init; } = [];

    /// <summary>Null for the image's own, which is <c>pv-init</c>.</summary>
    public IReadOnlyList<string>? Entrypoint { get; init; }

    public IReadOnlyDictionary<string, string> Environment { get; init; } = new Dictionary<string, string>();

    /// <summary>Whether it may mount: the worktree is then in memory.</summary>
    public bool MayMount { get; init; }

    /// <summary>Whether it sees its own control groups as all there are, and may write them once they are mounted; with <see cref="MayMount"/>.</summary>
    public bool OwnGroups { get; init; }

    /// <summary>Whether it has a terminal, as with <c>docker run -it</c>.</summary>
    public bool Terminal { get; init; }

    /// <summary>For all of the container; null for no limit.</summary>
    public long? MemoryBytes { get; init; }

    /// <summary>Processes and threads of the whole container; null for no limit.</summary>
    public long? MaxProcesses { get; init; }

    /// <summary>How much fits into the runtime directory; null for as much as the disk holds.</summary>
    public long? RuntimeBytes { get; init; }

    /// <summary>Numeric, or null for root.</summary>
    public string? User { get; init; }

    /// <summary>Where snapshots are kept over containers, mounted at <see cref="Paths.Store"/>; null for the container's own.</summary>
    public IVolume? Store { get; init; }

    /// <summary>A directory of this machine to see at <see cref="Paths.NpmProject"/>, or null.</summary>
    public string? NpmProject { get; init; }

    /// <summary>A container in which nothing of ours runs, for tests that start the daemon themselves.</summary>
    /// <remarks>Its first process is a shell, which reaps what it adopts.</remarks>
    public static ContainerSpec Idle { get; } = new() { Entrypoint = ["bash", "-c", "while :; do sleep 3600 & wait; done"] };

    /// <summary>The root process with a worktree, without more capabilities than Docker's own.</summary>
    public static ContainerSpec Daemon { get; } = new() { Arguments = DaemonArguments("tree") };

    /// <summary>The same with its worktree in memory.</summary>
    public static ContainerSpec InMemory { get; } = Daemon with { MayMount = true };

    /// <summary>The arguments of a daemon with a worktree.</summary>
    public static IReadOnlyList<string> DaemonArguments(string worktree, string? source = null, params string[] more) =>
    [
        "-exec-config-root", Paths.OwnTasks, "-exec-config-root", Paths.Tasks, "-mount-point", Paths.Worktree,
        "-worktree", worktree, "-store", $"file://{Paths.Store}",
        .. source is null ? Array.Empty<string>() : ["-source-worktree", source],
        .. more,
    ];
}
