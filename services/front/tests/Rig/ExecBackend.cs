using Google.Protobuf;
using Grpc.Core;
using Microsoft.AspNetCore.Http;
using PvExec.Contract;

namespace PvExec.Front.Tests.Rig;

internal sealed class ExecBackend(BackendEvents events) : ExecService.ExecServiceBase
{
    /// <summary>A task of this name never ends.</summary>
    public const string Endless = "endless";

    /// <summary>A task of this name gives the call's header back.</summary>
    public const string Headers = "headers";

    public override async Task<ExecResp> Exec(ExecReq request, ServerCallContext context)
    {
        if (request.TaskName == "missing")
        {
            throw new RpcException(new Status(StatusCode.NotFound, "no task 'missing' in 50 % of the roots, é"));
        }

        if (request.TaskName == Headers)
        {
            IHeaderDictionary headers = context.GetHttpContext().Request.Headers;
            context.ResponseTrailers.Add("blob-bin", [0, 0xff, 7]);
            context.ResponseTrailers.Add("long", new string('x', 20_000));
            return new ExecResp { Data = ByteString.CopyFromUtf8(string.Concat(headers.Select(header => $"{header.Key}={header.Value}\n"))) };
        }

        if (request.TaskName == Endless)
        {
            using CancellationTokenRegistration cancelled = context.CancellationToken.Register(() => events.CallCancelled.TrySetResult());
            events.CallStarted.TrySetResult();
            events.AddEndless();
            await Task.Delay(Timeout.Infinite, context.CancellationToken);
        }

        context.ResponseTrailers.Add("pv-exit-code", "7");
        return new ExecResp { Completed = true, Data = UnsafeByteOperations.UnsafeWrap(request.Data.Memory) };
    }
}
