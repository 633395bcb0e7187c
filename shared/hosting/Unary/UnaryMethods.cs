using Grpc.Core;
using PvExec.Hosting.Faults;
using PvExec.Hosting.Succession;

namespace PvExec.Hosting.Unary;

/// <summary>Finds the methods with one message each way of a gRPC service: its generated <c>BindService</c> names them.</summary>
internal sealed class UnaryMethods(FaultInterceptor guard, CallGate gate) : ServiceBinderBase
{
    private readonly Dictionary<string, UnaryMethod> _byPath = new(StringComparer.Ordinal);

    /// <exception cref="InvalidOperationException">There is none of that path.</exception>
    public UnaryMethod this[string path] =>
        _byPath.TryGetValue(path, out UnaryMethod? method) ? method : throw new InvalidOperationException($"no method with one message each way has the path {path}");

    public override void AddMethod<TRequest, TResponse>(Method<TRequest, TResponse> method, UnaryServerMethod<TRequest, TResponse>? handler) =>
        _byPath[method.FullName] = new BoundMethod<TRequest, TResponse>(
            method, handler ?? throw new ArgumentNullException(nameof(handler), $"{method.FullName} is bound without its service"), guard, gate);

    public override void AddMethod<TRequest, TResponse>(Method<TRequest, TResponse> method, ServerStreamingServerMethod<TRequest, TResponse>? handler)
    {
        // ASP.NET Core's.
    }

    public override void AddMethod<TRequest, TResponse>(Method<TRequest, TResponse> method, ClientStreamingServerMethod<TRequest, TResponse>? handler)
    {
        // ASP.NET Core's.
    }

    public override void AddMethod<TRequest, TResponse>(Method<TRequest, TResponse> method, DuplexStreamingServerMethod<TRequest, TResponse>? handler)
    {
        // ASP.NET Core's.
    }
}
