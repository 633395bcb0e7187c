using Grpc.Core;

namespace PvExec.Front.Tests.Rig;

internal sealed class StreamsService(BackendEvents events) : StreamsBase
{
    public override async Task Flood(string request, IServerStreamWriter<string> responses, ServerCallContext context)
    {
        string message = new('x', 10_000);
        while (!context.CancellationToken.IsCancellationRequested)
        {
            await responses.WriteAsync(message, context.CancellationToken);
            events.AddFlooded(message.Length);
        }
    }

    public override async Task Echo(IAsyncStreamReader<string> requests, IServerStreamWriter<string> responses, ServerCallContext context)
    {
        using CancellationTokenRegistration cancelled = context.CancellationToken.Register(() => events.CallCancelled.TrySetResult());
        events.CallStarted.TrySetResult();
        while (await requests.MoveNext(context.CancellationToken))
        {
            await responses.WriteAsync(requests.Current, context.CancellationToken);
            if (requests.Current == Streams.Last)
            {
                return;
            }
        }
    }
}
