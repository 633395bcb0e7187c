using Grpc.Core;

namespace PvExec.Exec.Tests;

/// <summary>A call whose caller is a cancellation token.</summary>
internal sealed class TestCallContext(CancellationToken caller) : ServerCallContext
{
    protected override string MethodCore => "/proto.ExecService/Exec";

    protected override string HostCore => "localhost";

    protected override string PeerCore => "unix:";

    protected override DateTime DeadlineCore => DateTime.MaxValue;

    protected override Metadata RequestHeadersCore { get; } = [];

    protected override CancellationToken CancellationTokenCore => caller;

    protected override Metadata ResponseTrailersCore { get; } = [];

    protected override Status StatusCore { get; set; }

    protected override WriteOptions? WriteOptionsCore { get; set; }

    protected override AuthContext AuthContextCore { get; } = new(null, []);

    public string? Trailer(string name) => ResponseTrailers.GetValue(name);

    protected override ContextPropagationToken CreatePropagationTokenCore(ContextPropagationOptions? options) => throw new NotSupportedException();

    protected override Task WriteResponseHeadersAsyncCore(Metadata responseHeaders) => Task.CompletedTask;
}
