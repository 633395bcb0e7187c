using Google.Protobuf;
using Grpc.Core;
using PvExec.Contract;

namespace PvExec.Front.Tests.Rig;

internal sealed class ExecBackend(BackendEvents events) : ExecService.ExecServiceBase
{
    /// <summary>A task of this name never ends.</summary>
    public const string Endless = "endless";

    public override async Task<ExecResp> Exec(ExecReq request, ServerCallContext context)
    {
        if (request.TaskName == "missing")
        {
            throw new RpcException(new Status(StatusCode.NotFound, "no task 'missing' in 50 % of the roots"));
        }

        if (request.TaskName == Endless)
        {
            using CancellationTokenRegistration cancelled = context.CancellationToken.Register(() => events.CallCancelled.TrySetResult());
            events.CallStarted.TrySetResult();
            await Task.Delay(Timeout.Infinite, context.CancellationToken);
        }

        context.ResponseTrailers.Add("pv-exit-code", "7");
        return new ExecResp { Completed = true, Data = UnsafeByteOperations.UnsafeWrap(request.Data.Memory) };
    }
}
