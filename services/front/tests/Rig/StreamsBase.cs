using Grpc.Core;

namespace PvExec.Front.Tests.Rig;

/// <summary>What a generated base class would be for <see cref="Streams"/>.</summary>
[BindServiceMethod(typeof(StreamsBase), nameof(Bind))]
internal abstract class StreamsBase
{
    public static void Bind(ServiceBinderBase binder, StreamsBase? service)
    {
        binder.AddMethod(Streams.Echo, service is null ? null! : service.Echo);
        binder.AddMethod(Streams.Flood, service is null ? null! : service.Flood);
    }

    public abstract Task Flood(string request, IServerStreamWriter<string> responses, ServerCallContext context);

    public abstract Task Echo(IAsyncStreamReader<string> requests, IServerStreamWriter<string> responses, ServerCallContext context);
}
