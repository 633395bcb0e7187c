using Grpc.Core;
using PvExec.Exec.Api;
using PvExec.Hosting;
using PvExec.Kernel;
using V1 = PvExec.Api.V1;

namespace PvExec.Exec;

/// <content>The tasks there are. Both calls read the directories as they are now, as a run would.</content>
public sealed partial class TasksGrpc
{
    public override Task<V1.ListTasksResponse> List(V1.ListTasksRequest request, ServerCallContext context)
    {
        var response = new V1.ListTasksResponse();
        response.Tasks.AddRange(tasks.List().Select(TaskMessages.ToApi));
        return response.CalculateSize() <= Daemon.MaxMessageBytes
            ? Task.FromResult(response)
            : throw new FaultException(new Fault(
                FaultKind.ResourceExhausted,
                $"the {response.Tasks.Count} tasks below the config roots are more than one answer of {Daemon.MaxMessageBytes} bytes can hold: ask for each with Describe, or let 'pv_exec tasks list' read the directories"));
    }

    public override Task<V1.TaskDescription> Describe(V1.DescribeTaskRequest request, ServerCallContext context) =>
        Task.FromResult(TaskMessages.ToApi(TaskName.Parse(request.TaskName).Then(tasks.Read).Value));
}
