using Grpc.Core;
using PvExec.Hosting.Server;

namespace PvExec.Hosting.Unary;

/// <summary>What a method is told of its call.</summary>
internal sealed class UnaryContext : ServerCallContext, IDisposable
{
    /// <summary>A timer takes no longer time, which is about 49 days: such a deadline is none.</summary>
    private static readonly TimeSpan Longest = TimeSpan.FromMilliseconds(uint.MaxValue - 1);

    private readonly string _method;
    private readonly DateTime _deadline;

    /// <summary>Null where the call has no deadline.</summary>
    private readonly CancellationTokenSource? _over;

    private Metadata? _requestHeaders;

    /// <param name="timeout">Null where the call has no deadline.</param>
    public UnaryContext(ServerCall call, string method, TimeSpan? timeout)
    {
        Call = call;
        _method = method;
        _deadline = timeout is { } time ? DateTime.UtcNow + time : DateTime.MaxValue;
        if (timeout < Longest)
        {
            _over = CancellationTokenSource.CreateLinkedTokenSource(call.Aborted);
            _over.CancelAfter(timeout.Value);
        }
    }

    public ServerCall Call { get; }

    /// <summary>The call is to end for that, and not since its caller has left.</summary>
    public bool IsDeadlineOver => _over is { IsCancellationRequested: true } && !Call.Aborted.IsCancellationRequested;

    protected override string MethodCore => _method;

    protected override string HostCore => Call.RequestHeader("Host");

    /// <summary>Its caller speaks through the front, and is not known.</summary>
    protected override string PeerCore => "unknown";

    protected override DateTime DeadlineCore => _deadline;

    protected override Metadata RequestHeadersCore => _requestHeaders ??= Call.RequestMetadata();

    protected override CancellationToken CancellationTokenCore => _over?.Token ?? Call.Aborted;

    protected override Metadata ResponseTrailersCore { get; } = [];

    protected override Status StatusCore { get; set; } = Status.DefaultSuccess;

    protected override WriteOptions? WriteOptionsCore { get; set; }

    protected override AuthContext AuthContextCore { get; } = new(null, []);

    public void Dispose() => _over?.Dispose();

    protected override Task WriteResponseHeadersAsyncCore(Metadata responseHeaders) =>
        throw new NotSupportedException($"{_method} is answered in one piece: say it in the trailers");

    protected override ContextPropagationToken CreatePropagationTokenCore(ContextPropagationOptions? options) =>
        throw new NotSupportedException("a call's context is not passed on");
}
