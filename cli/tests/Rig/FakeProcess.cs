using Grpc.Core;
using PvExec.Contract;

namespace PvExec.Cli.Tests.Rig;

internal sealed class FakeProcess(Received received) : ProcessService.ProcessServiceBase
{
    public override Task<ConfigureProcessResp> ConfigureProcess(ConfigureProcessReq request, ServerCallContext context)
    {
        received.Last = request;
        if (request.ListeningPort == 80)
        {
            context.ResponseTrailers.Add("pv-port-problem", "port 80 is another program's (nginx)");
        }

        return Task.FromResult(new ConfigureProcessResp());
    }

    public override Task<RestartProcessResp> RestartProcess(RestartProcessReq request, ServerCallContext context)
    {
        received.Last = request;
        return Task.FromResult(new RestartProcessResp());
    }

    public override Task<GetProcessStateResp> GetProcessState(GetProcessStateReq request, ServerCallContext context)
    {
        received.Last = request;
        return Task.FromResult(new GetProcessStateResp { ProcessState = request.ProcessName == "web" ? ProcessState.Running : ProcessState.NotRunning });
    }
}
