using Grpc.Core;
using V1 = PvExec.Api.V1;

namespace PvExec.Exec.Succession;

/// <content>Input for a run that goes on there.</content>
public sealed partial class NextInstance
{
    /// <summary>A call that the run's input can be passed on by. It tells of no output.</summary>
    /// <exception cref="RpcException">It knows of no such run any more, or it stays away.</exception>
    public async Task<AsyncDuplexStreamingCall<V1.InteractiveRequest, V1.RunEvent>> OpenInputAsync(string run, CancellationToken cancellationToken)
    {
        var start = new V1.InteractiveRequest
        {
            Start = new V1.InteractiveStart
            {
                Attach = new V1.AttachRequest { RunId = run, StdoutOffset = ulong.MaxValue, StderrOffset = ulong.MaxValue, WithoutWaitsFor = true },
            },
        };
        await IsThere.WaitAsync(cancellationToken);
        return await AskAsync(
            async () =>
            {
                AsyncDuplexStreamingCall<V1.InteractiveRequest, V1.RunEvent> call = _tasks.RunInteractive(cancellationToken: cancellationToken);
                try
                {
                    // Input is only sent once the run is known to take it there: until then the call can be repeated.
                    await call.RequestStream.WriteAsync(start, cancellationToken);
                    return await call.ResponseStream.MoveNext(cancellationToken)
                        ? call
                        : throw new RpcException(new Status(StatusCode.Unavailable, "the call ended before it was accepted"));
                }
                catch
                {
                    call.Dispose();
                    throw;
                }
            },
            cancellationToken);
    }
}
