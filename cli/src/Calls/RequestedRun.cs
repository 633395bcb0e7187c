using System.Runtime.CompilerServices;
using Grpc.Core;
using PvExec.Api.V1;
using PvExec.Cli.Core;

namespace PvExec.Cli.Calls;

/// <summary>A run that is asked for. Its token makes that the same run each time; once it has been seen to start it is only attached to.</summary>
internal sealed class RequestedRun(Api.V1.Tasks.TasksClient tasks, RunTaskRequest request) : IRunSource
{
    public async IAsyncEnumerable<RunEvent> OpenAsync(RunPosition position, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        if (position.HasStarted)
        {
            await foreach (RunEvent told in new AttachedRun(tasks, position.RunId!, request.Lossless).OpenAsync(position, cancellationToken))
            {
                yield return told;
            }

            yield break;
        }

        using AsyncServerStreamingCall<RunEvent> call = tasks.Run(request, cancellationToken: cancellationToken);
        await foreach (RunEvent told in call.ResponseStream.ReadAllAsync(cancellationToken))
        {
            yield return told;
        }
    }
}
