using Google.Protobuf.WellKnownTypes;
using Grpc.Core;
using PvExec.Api.V1;
using PvExec.Kernel;
using PvExec.Processes.Core.Specs;
using PvExec.Processes.Engine;
using ApiEnd = PvExec.Api.V1.ProcessEnd;
using ApiPhase = PvExec.Api.V1.ProcessPhase;
using ProcessPhase = PvExec.Processes.Core.Lifecycle.ProcessPhase;

namespace PvExec.Processes;

/// <summary>The newer API: all that is known of the configured names.</summary>
internal sealed class ProcessesGrpc(ProcessEngine engine) : Api.V1.Processes.ProcessesBase
{
    public override Task<ListProcessesResponse> ListProcesses(ListProcessesRequest request, ServerCallContext context) =>
        Task.FromResult(new ListProcessesResponse { Processes = { engine.Views().OrderBy(view => view.Spec.Name, StringComparer.Ordinal).Select(Message) } });

    public override Task<ProcessStatus> GetProcess(GetProcessRequest request, ServerCallContext context)
    {
        string name = SpecRules.Name(request.ProcessName).Value;
        return Task.FromResult(engine.Find(name)?.View() is { } view
            ? Message(view)
            : throw new FaultException(new Fault(FaultKind.NotFound, $"process '{name}' is not configured: ListProcesses has the names that are")));
    }

    private static ProcessStatus Message(ProcessView view)
    {
        var message = new ProcessStatus
        {
            ProcessName = view.Spec.Name,
            Phase = Phase(view.Phase),
            StartCmd = { view.Spec.Arguments },
            RunPath = view.Spec.RunPath,
            ListeningPort = (uint)view.Spec.ListeningPort,
            PortProblem = view.PortProblem,
            Port = (uint)view.Port,
            Pid = view.Living?.Pid ?? 0,
            Started = (view.Living?.Started ?? view.End?.Started)?.ToTimestamp(),
        };
        if (view.End is { } end)
        {
            message.End = new ApiEnd { Ended = end.Ended.ToTimestamp() };
            if (end.Status.Signal is { } signal)
            {
                message.End.Signaled = new Signaled { Signal = signal, CoreDumped = end.Status.CoreDumped };
            }
            else
            {
                message.End.Code = end.Status.Code.GetValueOrDefault();
            }
        }

        return message;
    }

    private static ApiPhase Phase(ProcessPhase phase) => phase switch
    {
        ProcessPhase.NotRunning => ApiPhase.Unspecified,
        ProcessPhase.Starting => ApiPhase.Starting,
        ProcessPhase.Running => ApiPhase.Running,
        ProcessPhase.Stopping => ApiPhase.Stopping,
        ProcessPhase.Finished => ApiPhase.Finished,
        _ => throw new InvalidOperationException($"no word for {phase}"),
    };
}
