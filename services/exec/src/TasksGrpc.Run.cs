using Google.Protobuf;
using Grpc.Core;
using PvExec.Exec.Api;
using PvExec.Exec.Core.Runs;
using PvExec.Exec.Engine;
using V1 = PvExec.Api.V1;

namespace PvExec.Exec;

/// <content>Runs with a caller that is there for them.</content>
public sealed partial class TasksGrpc
{
    public override async Task Run(V1.RunTaskRequest request, IServerStreamWriter<V1.RunEvent> responseStream, ServerCallContext context)
    {
        RunCaller caller = RunRequests.CallerOf(request).Value;
        AcceptedRun accepted = engine.Accept(RunRequests.FromApi(request).Value, caller).Value;

        // The engine has it, as long as it needs it; the message is there as long as the call.
        request.Input = ByteString.Empty;
        try
        {
            await accepted.Run.Noted;
            await TellCallerAsync(accepted, caller, request, responseStream, context.CancellationToken);
        }
        finally
        {
            accepted.Run.Output.Release();
        }
    }

    /// <summary>Its id, then its events to its end. When the caller goes before, the run is told.</summary>
    /// <param name="lost">Has failed when the call is broken off without the caller's doing: then nothing is told.</param>
    private Task TellCallerAsync(
        AcceptedRun accepted, RunCaller caller, V1.RunTaskRequest request, IServerStreamWriter<V1.RunEvent> responseStream, CancellationToken callerGone, Task? lost = null)
    {
        var rest = new V1.AttachRequest
        {
            RunId = accepted.Run.Id.Value,
            StdoutOffset = request.StdoutOffset,
            StderrOffset = request.StderrOffset,
            WithoutWaitsFor = request.WithoutWaitsFor,
            Caller = RunRequests.ToApi(caller),
            Lossless = request.Lossless,
        };
        var first = new V1.Accepted { RunId = accepted.Run.Id.Value, Attached = accepted.IsAttached, InputBytes = (ulong)(accepted.Run.Input?.Length ?? 0) };
        return TellCallerAsync(accepted.Run, caller, rest, responseStream, callerGone, first, lost);
    }

    private async Task TellCallerAsync(
        Run run, RunCaller caller, V1.AttachRequest request, IServerStreamWriter<V1.RunEvent> responseStream, CancellationToken callerGone, V1.Accepted? first = null, Task? lost = null)
    {
        bool isOver = false;
        try
        {
            if (first is not null)
            {
                await responseStream.WriteAsync(new V1.RunEvent { Accepted = first }, callerGone);
            }

            await TellAllAsync(run, request, responseStream, callerGone);
            isOver = true;
        }
        finally
        {
            run.Output.Pace?.ExpectNoLonger();
            if (lost is not { IsFaulted: true } && !await engine.LeaveAsync(run, caller, next.IsThere) && !isOver)
            {
                await next.LeaveAsync(request);
            }
        }
    }
}
