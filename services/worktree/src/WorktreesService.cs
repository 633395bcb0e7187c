using Google.Protobuf.WellKnownTypes;
using Grpc.Core;
using PvExec.Kernel.Configuration;
using PvExec.Worktrees.Core;
using PvExec.Worktrees.Core.Snapshots;
using V1 = PvExec.Api.V1;

namespace PvExec.Worktrees;

/// <summary>The API <c>pvexec.v1.Worktrees</c>.</summary>
public sealed class WorktreesService(WorktreeHost host) : V1.Worktrees.WorktreesBase
{
    public override async Task<V1.SaveResponse> Save(V1.SaveRequest request, ServerCallContext context)
    {
        SaveResult saved = (await host.SaveAsync(context.CancellationToken)).Value;
        return new V1.SaveResponse
        {
            Snapshot = ToApi(saved.Snapshot),
            Changed = saved.Changed,
            UploadedBytes = (ulong)saved.UploadedBytes,
            Elapsed = Duration.FromTimeSpan(saved.Elapsed),
        };
    }

    public override Task<V1.WorktreeStatus> GetStatus(V1.GetStatusRequest request, ServerCallContext context)
    {
        Worktree worktree = host.Worktree.Value;
        WorktreeOptions options = worktree.Options;
        return Task.FromResult(new V1.WorktreeStatus
        {
            WorktreeId = options.Worktree,
            MountPoint = options.MountPoint,
            Mode = worktree.Mode == WorktreeMode.Memory ? V1.WorktreeMode.Memory : V1.WorktreeMode.Directory,
            Store = options.Store,
            Latest = worktree.Snapshots is [var latest, ..] ? ToApi(latest) : null,
            AutosaveInterval = options.AutosaveInterval > TimeSpan.Zero ? Duration.FromTimeSpan(options.AutosaveInterval) : null,
            Saving = worktree.Saving,
            LastSaveError = worktree.LastSaveError,
            SourceWorktreeId = options.SourceWorktree ?? "",
        });
    }

    public override Task<V1.ListSnapshotsResponse> ListSnapshots(V1.ListSnapshotsRequest request, ServerCallContext context)
    {
        var response = new V1.ListSnapshotsResponse();
        response.Snapshots.AddRange(host.Worktree.Value.Snapshots.Select(ToApi));
        return Task.FromResult(response);
    }

    private static V1.Snapshot ToApi(SnapshotInfo snapshot) => new()
    {
        Id = snapshot.Id.ToString(),
        Created = Timestamp.FromDateTimeOffset(snapshot.Created),
        Entries = (ulong)snapshot.Entries,
        ContentBytes = (ulong)snapshot.ContentBytes,
    };
}
