using System.Net;
using Grpc.Core;
using Grpc.Net.Client;

namespace PvExec.Cli.Calls;

/// <summary>One conversation with the daemon.</summary>
internal static class DaemonCall
{
    /// <summary>The largest message of the contract, both ways.</summary>
    public const int MaxMessageBytes = 10 * 1024 * 1024;

    /// <summary>What a shell reports of a command that Ctrl-C ended: 128 + SIGINT.</summary>
    private const int Interrupted = 130;

    public static async Task<Ended> MakeAsync(Target target, Func<GrpcChannel, Task<Ended>> call, CancellationToken cancellationToken)
    {
        using var handler = new SocketsHttpHandler
        {
            // A proxy for the web is none for this.
            UseProxy = false,
            UseCookies = false,
            AllowAutoRedirect = false,
            AutomaticDecompression = DecompressionMethods.None,
            ActivityHeadersPropagator = null,
        };
        using GrpcChannel channel = GrpcChannel.ForAddress(target.Address, new GrpcChannelOptions
        {
            HttpHandler = handler,
            MaxReceiveMessageSize = MaxMessageBytes,
            MaxSendMessageSize = MaxMessageBytes,
            // A daemon's part that was killed is back in a moment.
            InitialReconnectBackoff = TimeSpan.FromMilliseconds(20),
            MaxReconnectBackoff = TimeSpan.FromSeconds(1),
        });
        try
        {
            return await call(channel);
        }
        catch (RpcException) when (cancellationToken.IsCancellationRequested)
        {
            return new Ended(Interrupted);
        }
        catch (RpcException e)
        {
            return CallFailure.Describe(e, target);
        }
    }
}
