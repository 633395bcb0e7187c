using Grpc.Core;
using PvExec.Api.Internal.V1;
using PvExec.Kernel;
using PvExec.Processes.Engine;

namespace PvExec.Processes;

/// <summary>What the instance before this one asks, for callers that it has not answered yet.</summary>
internal sealed class SuccessionGrpc(ProcessEngine engine) : ProcessSuccession.ProcessSuccessionBase
{
    public override async Task<AwaitResumedResponse> AwaitResumed(AwaitResumedRequest request, ServerCallContext context)
    {
        Outcome<Unit> resumed = await engine.ResumedAsync(request.ProcessName, context.CancellationToken);
        return resumed.Then<AwaitResumedResponse>(_ => new AwaitResumedResponse()).Value;
    }
}
