using Grpc.Core;
using PvExec.Api.V1;

namespace PvExec.Front.Tests.Rig;

internal sealed class WorktreeBackend : Worktrees.WorktreesBase
{
    public override Task<WorktreeStatus> GetStatus(GetStatusRequest request, ServerCallContext context) =>
        Task.FromResult(new WorktreeStatus { WorktreeId = "w1" });
}
