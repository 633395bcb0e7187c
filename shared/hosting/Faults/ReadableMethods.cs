using System.Diagnostics.CodeAnalysis;
using System.Reflection;
using Grpc.AspNetCore.Server.Model;
using Grpc.Core;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.Logging;

namespace PvExec.Hosting.Faults;

/// <summary>
/// The methods of a gRPC service, each with a reader of requests that answers INVALID_ARGUMENT to bytes that are no message.
/// A request is read before any interceptor sees the call, so that the library's own answer would be UNKNOWN, with a stack
/// trace in the log.
/// </summary>
/// <param name="bind">The generated <c>BindService</c>, with this binder and no service.</param>
internal sealed class ReadableMethods<[DynamicallyAccessedMembers(DynamicallyAccessedMemberTypes.All)] TService>(
    Action<ServiceBinderBase> bind, ILogger log) : ServiceBinderBase, IServiceMethodProvider<TService>
    where TService : class
{
    private ServiceMethodProviderContext<TService>? _methods;

    public void OnServiceMethodDiscovery(ServiceMethodProviderContext<TService> context)
    {
        _methods = context;
        bind(this);
    }

    public override void AddMethod<TRequest, TResponse>(Method<TRequest, TResponse> method, UnaryServerMethod<TRequest, TResponse>? handler) =>
        _methods!.AddUnaryMethod(
            Readable(method), Metadata(), Open<UnaryServerMethod<TService, TRequest, TResponse>>(method, typeof(TRequest), typeof(ServerCallContext)));

    public override void AddMethod<TRequest, TResponse>(Method<TRequest, TResponse> method, ServerStreamingServerMethod<TRequest, TResponse>? handler) =>
        _methods!.AddServerStreamingMethod(
            Readable(method),
            Metadata(),
            Open<ServerStreamingServerMethod<TService, TRequest, TResponse>>(
                method, typeof(TRequest), typeof(IServerStreamWriter<TResponse>), typeof(ServerCallContext)));

    public override void AddMethod<TRequest, TResponse>(Method<TRequest, TResponse> method, ClientStreamingServerMethod<TRequest, TResponse>? handler) =>
        _methods!.AddClientStreamingMethod(
            Readable(method),
            Metadata(),
            Open<ClientStreamingServerMethod<TService, TRequest, TResponse>>(
                method, typeof(IAsyncStreamReader<TRequest>), typeof(ServerCallContext)));

    public override void AddMethod<TRequest, TResponse>(Method<TRequest, TResponse> method, DuplexStreamingServerMethod<TRequest, TResponse>? handler) =>
        _methods!.AddDuplexStreamingMethod(
            Readable(method),
            Metadata(),
            Open<DuplexStreamingServerMethod<TService, TRequest, TResponse>>(
                method, typeof(IAsyncStreamReader<TRequest>), typeof(IServerStreamWriter<TResponse>), typeof(ServerCallContext)));

    private static List<object> Metadata() => [new HttpMethodMetadata(["POST"])];

    private static TDelegate Open<TDelegate>(IMethod method, params Type[] parameters)
        where TDelegate : Delegate =>
        (typeof(TService).GetMethod(method.Name, BindingFlags.Public | BindingFlags.Instance, parameters)
            ?? throw new MissingMethodException(typeof(TService).Name, method.Name)).CreateDelegate<TDelegate>();

    private Method<TRequest, TResponse> Readable<TRequest, TResponse>(Method<TRequest, TResponse> method)
    {
        Marshaller<TRequest> requests = method.RequestMarshaller;
        return new Method<TRequest, TResponse>(
            method.Type,
            method.ServiceName,
            method.Name,
            new Marshaller<TRequest>(requests.ContextualSerializer, context => Read(requests, context, method.FullName)),
            method.ResponseMarshaller);
    }

    private T Read<T>(Marshaller<T> requests, DeserializationContext context, string method)
    {
        try
        {
            return requests.ContextualDeserializer(context);
        }
        catch (Exception e) when (e is not RpcException)
        {
            HostingLog.UnreadableRequest(log, method, e.Message.ReplaceLineEndings(" "));
            throw new RpcException(new Status(
                StatusCode.InvalidArgument, $"{method}: the request is no {typeof(T).Name}: {e.Message} Send what a client of this version sends"));
        }
    }
}
