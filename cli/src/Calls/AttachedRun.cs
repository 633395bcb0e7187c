using System.Runtime.CompilerServices;
using Grpc.Core;
using PvExec.Api.V1;
using PvExec.Cli.Core;

namespace PvExec.Cli.Calls;

/// <summary>A run that is there already.</summary>
internal sealed class AttachedRun(Api.V1.Tasks.TasksClient tasks, string runId) : IRunSource
{
    public async IAsyncEnumerable<RunEvent> OpenAsync(RunPosition position, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        position.Accept(runId);
        var request = new AttachRequest { RunId = runId, StdoutOffset = position.StandardOffset, StderrOffset = position.ErrorOffset };
        using AsyncServerStreamingCall<RunEvent> call = tasks.Attach(request, cancellationToken: cancellationToken);
        await foreach (RunEvent told in call.ResponseStream.ReadAllAsync(cancellationToken))
        {
            yield return told;
        }
    }
}
