using Grpc.Core;
using PvExec.Contract;

namespace PvExec.Front.Tests.Rig;

internal sealed class ProcessBackend : ProcessService.ProcessServiceBase
{
    public override Task<GetProcessStateResp> GetProcessState(GetProcessStateReq request, ServerCallContext context) =>
        Task.FromResult(new GetProcessStateResp { ProcessState = ProcessState.Running });
}
