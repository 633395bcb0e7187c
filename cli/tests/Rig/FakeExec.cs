using Google.Protobuf;
using Grpc.Core;
using PvExec.Contract;

namespace PvExec.Cli.Tests.Rig;

internal sealed class FakeExec(Received received) : ExecService.ExecServiceBase
{
    /// <summary>No text: a NUL, and bytes that are not UTF-8.</summary>
    public static readonly byte[] Output = [0, 0xff, 0xfe, 10];

    public override Task<ExecResp> Exec(ExecReq request, ServerCallContext context)
    {
        received.Last = request;
        switch (request.TaskName)
        {
            case "missing":
                throw new RpcException(new Status(StatusCode.NotFound, "no task 'missing' in any root"));
            case "down":
                throw new RpcException(new Status(StatusCode.Unavailable, "pv-exec is not available"));
            case "killed":
                context.ResponseTrailers.Add("pv-exit-signal", "9");
                break;
            case "fails":
                context.ResponseTrailers.Add("pv-exit-code", "7");
                context.ResponseTrailers.Add("pv-stderr-bin", "no such file: größe\n"u8.ToArray());
                break;
        }

        return Task.FromResult(new ExecResp
        {
            Completed = request.WaitForCompletion,
            Data = request.WaitForCompletion ? ByteString.CopyFrom(Output) : ByteString.Empty,
        });
    }
}
