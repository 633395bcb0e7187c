using Google.Protobuf.WellKnownTypes;
using Grpc.Core;
using PvExec.Api.V1;

namespace PvExec.Cli.Tests.Rig;

internal sealed class FakeWorktrees : Worktrees.WorktreesBase
{
    private static readonly Snapshot One = new()
    {
        Id = "ab12",
        Created = Timestamp.FromDateTimeOffset(DateTimeOffset.UnixEpoch),
        Entries = 3,
        ContentBytes = 2048,
    };

    public override Task<SaveResponse> Save(SaveRequest request, ServerCallContext context) =>
        Task.FromResult(new SaveResponse { Snapshot = One, Changed = true, UploadedBytes = 1024, Elapsed = Duration.FromTimeSpan(TimeSpan.FromSeconds(0.5)) });

    public override Task<WorktreeStatus> GetStatus(GetStatusRequest request, ServerCallContext context) =>
        Task.FromResult(new WorktreeStatus { WorktreeId = "w1", MountPoint = "/app", Mode = WorktreeMode.Memory, Store = "file:///s", Latest = One });

    public override Task<ListSnapshotsResponse> ListSnapshots(ListSnapshotsRequest request, ServerCallContext context) =>
        Task.FromResult(new ListSnapshotsResponse { Snapshots = { One } });
}
