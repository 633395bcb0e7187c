using Google.Protobuf.WellKnownTypes;
using Grpc.Core;
using PvExec.Api.V1;

namespace PvExec.Cli.Tests.Rig;

internal sealed class FakeProcesses : Processes.ProcessesBase
{
    private static readonly Timestamp s_start = Timestamp.FromDateTimeOffset(DateTimeOffset.UnixEpoch);

    private static readonly ProcessStatus[] s_all =
    [
        new() { ProcessName = "done", Phase = ProcessPhase.Finished, StartCmd = { "false" }, RunPath = "/", Started = s_start, End = new ProcessEnd { Code = 1, Ended = Told.Time } },
        new()
        {
            ProcessName = "killed", Phase = ProcessPhase.Finished, StartCmd = { "sleep", "1" }, RunPath = "/", Started = s_start,
            End = new ProcessEnd { Signaled = new Signaled { Signal = 9 }, Ended = Told.Time },
        },
        new() { ProcessName = "lost", Phase = ProcessPhase.Finished, StartCmd = { "nothing" }, RunPath = "/" },
        new()
        {
            ProcessName = "web", Phase = ProcessPhase.Running, StartCmd = { "node", "a\u001b b" }, RunPath = "/app", Pid = 7, Port = 3000, ListeningPort = 80,
            PortProblem = "port 80 is another program's (nginx)", Started = s_start,
        },
    ];

    public override Task<ListProcessesResponse> ListProcesses(ListProcessesRequest request, ServerCallContext context) =>
        Task.FromResult(new ListProcessesResponse { Processes = { s_all } });

    public override Task<ProcessStatus> GetProcess(GetProcessRequest request, ServerCallContext context) => Task.FromResult(
        s_all.FirstOrDefault(process => process.ProcessName == request.ProcessName)
        ?? throw new RpcException(new Status(StatusCode.NotFound, $"process '{request.ProcessName}' is not configured")));
}
