using System.IO.Pipelines;
using Grpc.Core;
using Microsoft.AspNetCore.Http.Features;
using PvExec.Hosting.Faults;
using PvExec.Hosting.Server;
using PvExec.Hosting.Succession;

namespace PvExec.Hosting.Unary;

/// <summary>
/// A method of a gRPC service. It takes calls whose one message is there, whole and as it is; what is compressed, comes in
/// pieces or cannot be read is left to the library, which has an answer for each.
/// </summary>
/// <param name="handler">The service's. It must send no header before its answer.</param>
/// <param name="guard">Answers what the handler throws.</param>
internal sealed class BoundMethod<TRequest, TResponse>(
    Method<TRequest, TResponse> method, UnaryServerMethod<TRequest, TResponse> handler, FaultInterceptor guard, CallGate gate) : UnaryMethod
    where TRequest : class
    where TResponse : class
{
    public override Task? TryHandle(ServerCall call) =>
        UnaryRequest.IsUsual(call) && GrpcTimeout.TryRead(call, out TimeSpan? timeout) && TryRead(call.Input) is { } request
            ? HandleAsync(call, timeout, request)
            : null;

    private TRequest? TryRead(RequestReader input)
    {
        if (!input.TryRead(out ReadResult body))
        {
            return null;
        }

        if (UnaryRequest.TryFrame(body) is { } message)
        {
            try
            {
                TRequest request = method.RequestMarshaller.ContextualDeserializer(message);
                input.AdvanceTo(body.Buffer.End);
                return request;
            }
            catch
            {
                // The library reads it again, and says what is wrong with it.
            }
        }

        input.AdvanceTo(body.Buffer.Start);
        return null;
    }

    private async Task HandleAsync(ServerCall call, TimeSpan? timeout, TRequest request)
    {
        if (!gate.TryEnter())
        {
            await gate.RefuseAsync(call);
            return;
        }

        try
        {
            using var context = new UnaryContext(call, method.FullName, timeout);
            await AnswerAsync(call, context, request);
        }
        finally
        {
            gate.Leave();
        }
    }

    private async Task AnswerAsync(ServerCall call, UnaryContext context, TRequest request)
    {
        var answer = new UnaryAnswer(call);
        try
        {
            TResponse response = await guard.UnaryServerHandler(request, context, handler);
            Serialize(response, answer);
            answer.End(context.Status, context.ResponseTrailers);
        }
        catch (RpcException e)
        {
            foreach (Metadata.Entry trailer in e.Trailers)
            {
                context.ResponseTrailers.Add(trailer);
            }

            answer.End(context.IsDeadlineOver ? new Status(StatusCode.DeadlineExceeded, $"{context.Method}: its deadline has passed") : e.Status, context.ResponseTrailers);
        }
    }

    private void Serialize(TResponse response, UnaryAnswer answer)
    {
        try
        {
            method.ResponseMarshaller.ContextualSerializer(response, answer);
        }
        catch (Exception e) when (e is not RpcException && !answer.HasBegun)
        {
            throw guard.Unexpected(e, method.FullName);
        }
    }
}
