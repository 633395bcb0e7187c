using System.Runtime.CompilerServices;
using Grpc.Core;
using PvExec.Api.V1;
using PvExec.Cli.Core;

namespace PvExec.Cli.Calls;

/// <summary>A run that is there already.</summary>
/// <param name="lossless">Whether it waits for this reader, if it was asked for so.</param>
internal sealed class AttachedRun(Api.V1.Tasks.TasksClient tasks, string runId, bool lossless) : IRunSource
{
    public async IAsyncEnumerable<RunEvent> OpenAsync(RunPosition position, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        position.Accept(runId);
        var request = new AttachRequest { RunId = runId, StdoutOffset = position.StandardOffset, StderrOffset = position.ErrorOffset, Lossless = lossless };
        using AsyncServerStreamingCall<RunEvent> call = tasks.Attach(request, cancellationToken: cancellationToken);
        await foreach (RunEvent told in call.ResponseStream.ReadAllAsync(cancellationToken))
        {
            yield return told;
        }
    }
}
