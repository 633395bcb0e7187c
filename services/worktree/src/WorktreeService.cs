using Grpc.Core;
using PvExec.Contract;

namespace PvExec.Worktrees;

/// <summary>The contract's call.</summary>
public sealed class WorktreeService(WorktreeHost host) : PvExec.Contract.WorktreeService.WorktreeServiceBase
{
    public override async Task<SaveResp> Save(SaveReq request, ServerCallContext context)
    {
        _ = (await host.SaveAsync(context.CancellationToken)).Value;
        return new SaveResp();
    }
}
