using System.Net.Sockets;
using Grpc.Net.Client;
using PvExec.Api.Internal.V1;
using PvExec.Hosting.Succession;
using PvExec.Kernel;

namespace PvExec.Processes.Succession;

/// <summary>Asks over the service's own socket: this instance accepts nothing from it any more.</summary>
internal sealed class SuccessorCalls : ISuccessorCalls, IDisposable
{
    private readonly Successor _successor;
    private readonly GrpcChannel _channel;

    public SuccessorCalls(Successor successor, RuntimePaths paths)
    {
        _successor = successor;
        string path = paths.Grpc(Service.Process);
        _channel = GrpcChannel.ForAddress("http://process", new GrpcChannelOptions
        {
            HttpHandler = new SocketsHttpHandler { UseProxy = false, ConnectCallback = (_, cancellationToken) => ConnectAsync(path, cancellationToken) },
            DisposeHttpClient = true,
        });
    }

    public async Task<Outcome<Unit>> ResultOfAsync(string process, CancellationToken cancellationToken)
    {
        await _successor.TookOver.WaitAsync(cancellationToken);
        var client = new ProcessSuccession.ProcessSuccessionClient(_channel);
        await client.AwaitResumedAsync(new AwaitResumedRequest { ProcessName = process }, cancellationToken: cancellationToken);
        return Unit.Value;
    }

    public void Dispose() => _channel.Dispose();

    private static async ValueTask<Stream> ConnectAsync(string path, CancellationToken cancellationToken)
    {
        var socket = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        try
        {
            await socket.ConnectAsync(new UnixDomainSocketEndPoint(path), cancellationToken);
            return new NetworkStream(socket, ownsSocket: true);
        }
        catch (SocketException)
        {
            socket.Dispose();
            throw;
        }
    }
}
