using PvExec.Kernel.Configuration;

namespace PvExec.Worktrees;

/// <summary>What this service is to keep, and where.</summary>
public sealed record WorktreeOptions
{
    /// <summary>An absolute path.</summary>
    public required string MountPoint { get; init; }

    /// <summary>The id of the worktree that is saved to.</summary>
    public required string Worktree { get; init; }

    /// <summary>The store's URL.</summary>
    public required string Store { get; init; }

    /// <summary>Null: start empty.</summary>
    public string? SourceWorktree { get; init; }

    public WorktreeMode Mode { get; init; } = WorktreeMode.Auto;

    /// <summary>Zero: only asked-for saves and the final one.</summary>
    public TimeSpan AutosaveInterval { get; init; } = TimeSpan.Zero;

    /// <summary>What a value was given with, to be named when it is wrong: the flag, or the variable in its place.</summary>
    public Func<DaemonFlag, string> Given { get; init; } = flag => "-" + flag.Name;

    /// <summary>What the daemon's words mean for this service; null when it has no mount point.</summary>
    public static WorktreeOptions? From(DaemonOptions options) => options.MountPoint is null ? null : new WorktreeOptions
    {
        MountPoint = options.MountPoint,
        Worktree = options.Worktree ?? "",
        Store = options.Store ?? "",
        SourceWorktree = options.SourceWorktree,
        Mode = options.WorktreeMode,
        AutosaveInterval = options.AutosaveInterval,
        Given = options.Given,
    };

    /// <summary>Every problem, with the name of the flag, or of the variable in its place, and the value given.</summary>
    public IEnumerable<string> Problems()
    {
        if (!Path.IsPathRooted(MountPoint) || MountPoint.TrimEnd('/').Length == 0)
        {
            yield return $"{Given(DaemonFlags.MountPoint)} '{MountPoint}' is not an absolute path below /";
        }

        if (!DaemonOptions.IsWorktreeId(Worktree))
        {
            yield return $"{Given(DaemonFlags.Worktree)} '{Worktree}' is not a worktree id: 1 to 128 letters, digits, '.', '_' or '-', not starting with '.'";
        }

        if (SourceWorktree is not null && !DaemonOptions.IsWorktreeId(SourceWorktree))
        {
            yield return $"{Given(DaemonFlags.SourceWorktree)} '{SourceWorktree}' is not a worktree id: 1 to 128 letters, digits, '.', '_' or '-', not starting with '.'";
        }

        if (!Store.StartsWith("file:///", StringComparison.Ordinal))
        {
            yield return $"{Given(DaemonFlags.Store)} '{Store}' is not supported: give a URL such as file:///var/lib/pv-exec";
        }
        else if (Below(MountPoint, Store["file://".Length..]))
        {
            yield return $"{Given(DaemonFlags.Store)} '{Store}' lies in {Given(DaemonFlags.MountPoint)} '{MountPoint}': every save would save the saves; give a store outside";
        }

        if (AutosaveInterval < TimeSpan.Zero)
        {
            yield return $"{Given(DaemonFlags.AutosaveInterval)} '{AutosaveInterval.TotalSeconds}' is negative";
        }
    }

    private static bool Below(string directory, string path) =>
        (Path.GetFullPath(path) + "/").StartsWith(Path.GetFullPath(directory).TrimEnd('/') + "/", StringComparison.Ordinal);
}
