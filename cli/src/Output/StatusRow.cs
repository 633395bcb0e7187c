using PvExec.Api.V1;

namespace PvExec.Cli.Output;

/// <summary>The state of the worktree as it is printed.</summary>
public sealed record StatusRow(
    string WorktreeId, string? SourceWorktreeId, string MountPoint, string Mode, string Store, SnapshotRow? Latest,
    double? AutosaveIntervalSeconds, bool Saving, string? LastSaveError)
{
    public static StatusRow From(WorktreeStatus status) => new(
        status.WorktreeId,
        NullIfEmpty(status.SourceWorktreeId),
        status.MountPoint,
        status.Mode switch
        {
            WorktreeMode.Memory => "memory",
            WorktreeMode.Directory => "directory",
            _ => "unknown",
        },
        status.Store,
        SnapshotRow.From(status.Latest),
        status.AutosaveInterval?.ToTimeSpan().TotalSeconds,
        status.Saving,
        NullIfEmpty(status.LastSaveError));

    private static string? NullIfEmpty(string text) => text.Length == 0 ? null : text;
}
