using Grpc.Core;

namespace PvExec.Hosting.Tests.Faults;

/// <summary>Answers with what it was sent last; <see cref="Echo"/> with each.</summary>
public sealed class Numbers : NumbersBase
{
    public override Task<string> One(string request, ServerCallContext context) => Task.FromResult(request);

    public override Task Down(string request, IServerStreamWriter<string> responses, ServerCallContext context) => responses.WriteAsync(request);

    public override async Task<string> Up(IAsyncStreamReader<string> requests, ServerCallContext context)
    {
        string last = "0";
        while (await requests.MoveNext(context.CancellationToken))
        {
            last = requests.Current;
        }

        return last;
    }

    public override async Task Both(IAsyncStreamReader<string> requests, IServerStreamWriter<string> responses, ServerCallContext context) =>
        await responses.WriteAsync(await Up(requests, context));

    public override async Task Echo(IAsyncStreamReader<string> requests, IServerStreamWriter<string> responses, ServerCallContext context)
    {
        while (await requests.MoveNext(context.CancellationToken))
        {
            await responses.WriteAsync(requests.Current);
        }
    }
}
