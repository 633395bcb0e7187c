using Grpc.Core;
using Grpc.Core.Interceptors;
using Microsoft.Extensions.Logging;
using PvExec.Hosting.Succession;
using PvExec.Hosting.Unary;
using PvExec.Kernel;

namespace PvExec.Hosting.Faults;

/// <summary>
/// Answers a <see cref="FaultException"/> with its status, refuses a call that came too late to an instance that has handed
/// over, and answers anything unexpected with INTERNAL and a log line.
/// </summary>
internal sealed class FaultInterceptor(CallGate gate, ILogger<FaultInterceptor> log) : Interceptor
{
    public override Task<TResponse> UnaryServerHandler<TRequest, TResponse>(
        TRequest request, ServerCallContext context, UnaryServerMethod<TRequest, TResponse> continuation) =>
        GuardAsync(() => continuation(request, context), context);

    public override Task<TResponse> ClientStreamingServerHandler<TRequest, TResponse>(
        IAsyncStreamReader<TRequest> requestStream, ServerCallContext context, ClientStreamingServerMethod<TRequest, TResponse> continuation) =>
        GuardAsync(() => continuation(requestStream, context), context);

    public override Task ServerStreamingServerHandler<TRequest, TResponse>(
        TRequest request, IServerStreamWriter<TResponse> responseStream, ServerCallContext context, ServerStreamingServerMethod<TRequest, TResponse> continuation) =>
        GuardAsync(() => AsTask(continuation(request, responseStream, context)), context);

    public override Task DuplexStreamingServerHandler<TRequest, TResponse>(
        IAsyncStreamReader<TRequest> requestStream, IServerStreamWriter<TResponse> responseStream, ServerCallContext context, DuplexStreamingServerMethod<TRequest, TResponse> continuation) =>
        GuardAsync(() => AsTask(continuation(requestStream, responseStream, context)), context);

    /// <summary>Logs what nobody has expected.</summary>
    /// <returns>What its caller is told.</returns>
    public RpcException Unexpected(Exception error, string method)
    {
        HostingLog.UnexpectedError(log, error, method);
        return new RpcException(new Status(StatusCode.Internal, $"{method}: {error.Message}"));
    }

    private static async Task<Unit> AsTask(Task task)
    {
        await task;
        return Unit.Value;
    }

    private async Task<T> GuardAsync<T>(Func<Task<T>> call, ServerCallContext context)
    {
        try
        {
            return await call();
        }
        catch (FaultException e)
        {
            throw e.Fault.ToRpcException();
        }
        catch (HandedOverException e)
        {
            await gate.RefuseAsync(context is UnaryContext unary ? unary.Call : context.GetHttpContext().Features);
            throw new RpcException(new Status(StatusCode.Unavailable, e.Message));
        }
        catch (RpcException)
        {
            throw;
        }
        catch (OperationCanceledException) when (context.CancellationToken.IsCancellationRequested)
        {
            throw new RpcException(new Status(StatusCode.Cancelled, $"{context.Method} was cancelled by the caller"));
        }
        catch (Exception e)
        {
            throw Unexpected(e, context.Method);
        }
    }
}
