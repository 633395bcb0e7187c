using Grpc.Core;
using PvExec.Hosting.Succession;
using PvExec.Hosting.Unary;
using PvExec.Kernel;

namespace PvExec.Hosting.Tests.Unary;

/// <summary>Ends each call as its request says.</summary>
public sealed class Trials : TrialsBase
{
    private readonly TaskCompletionSource _cancelled = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly TaskCompletionSource _waits = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>Completes when a call waits.</summary>
    public Task Waits => _waits.Task;

    /// <summary>Completes when such a call was cancelled.</summary>
    public Task Cancelled => _cancelled.Task;

    /// <summary>Where each call began, and whether ASP.NET Core had no part in it.</summary>
    public List<(Thread Thread, bool IsOwn)> Begun { get; } = [];

    public override async Task<string> Try(string request, ServerCallContext context)
    {
        Begun.Add((Thread.CurrentThread, context is UnaryContext));
        context.ResponseTrailers.Add("x-run", "1");
        context.ResponseTrailers.Add("x-tail-bin", [1, 2, 3, 4]);
        switch (request)
        {
            case "fault":
                throw new FaultException(new Fault(FaultKind.FailedPrecondition, "50 % of ü\nis missing"));
            case "status":
                throw new RpcException(new Status(StatusCode.Aborted, ""), new Metadata { { "x-more", "m" } });
            case "bug":
                throw new InvalidOperationException("a bug");
            case "late":
                throw new HandedOverException();
            case "detail":
                context.Status = new Status(StatusCode.OK, "as you like");
                return "said";
            case "large":
                return new string('l', 1_000_000);
            case TrialsBase.Unspeakable:
                return request;
            case "larger than may be":
                return new string('l', Daemon.MaxMessageBytes + 1);
            case "header":
                return string.Join('\n', context.RequestHeaders.Select(field => $"{field.Key} {(field.IsBinary ? field.ValueBytes.Length : field.Value)}").Order().Prepend($"{context.Method} {context.Host}"));
            case "wait":
                await WaitAsync(context);
                return "";
            case "later":
                await Task.Yield();
                return "later";
            default:
                return request;
        }
    }

    private async Task WaitAsync(ServerCallContext context)
    {
        await using CancellationTokenRegistration registration = context.CancellationToken.Register(() => _cancelled.TrySetResult());
        _waits.TrySetResult();
        await Task.Delay(Timeout.Infinite, context.CancellationToken);
    }
}
