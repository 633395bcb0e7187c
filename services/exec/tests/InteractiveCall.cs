using System.Net.Sockets;
using System.Text;
using Google.Protobuf;
using Grpc.Core;
using Grpc.Net.Client;
using PvExec.Exec.Tests.Succession;
using V1 = PvExec.Api.V1;

namespace PvExec.Exec.Tests;

/// <summary>A call of RunInteractive over a service's socket.</summary>
internal sealed class InteractiveCall : IDisposable
{
    private readonly GrpcChannel _channel;
    private readonly AsyncDuplexStreamingCall<V1.InteractiveRequest, V1.RunEvent> _call;

    public InteractiveCall(string socket)
    {
        _channel = GrpcChannel.ForAddress("http://pv-exec", new GrpcChannelOptions
        {
            DisposeHttpClient = true,
            HttpHandler = new SocketsHttpHandler
            {
                ConnectCallback = async (_, cancellationToken) =>
                {
                    var connection = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
                    await connection.ConnectAsync(new UnixDomainSocketEndPoint(socket), cancellationToken);
                    return new NetworkStream(connection, ownsSocket: true);
                },
            },
        });
        _call = new V1.Tasks.TasksClient(_channel).RunInteractive();
    }

    public StringBuilder Output { get; } = new();

    public static V1.InteractiveRequest Start(string task, string input = "", string token = "", V1.Terminal? terminal = null, V1.OnDisconnect onDisconnect = V1.OnDisconnect.Unspecified) => new()
    {
        Start = new V1.InteractiveStart
        {
            Run = new V1.RunTaskRequest { TaskName = task, Input = ByteString.CopyFromUtf8(input), ClientToken = token, OnDisconnect = onDisconnect },
            Terminal = terminal,
        },
    };

    public Task SendAsync(V1.InteractiveRequest request) => _call.RequestStream.WriteAsync(request).WaitAsync(SuccessionFixture.Patience);

    public Task SendAsync(string input) => SendAsync(new V1.InteractiveRequest { Input = ByteString.CopyFromUtf8(input) });

    public Task CompleteAsync() => _call.RequestStream.CompleteAsync();

    public async Task<V1.RunEvent> NextAsync()
    {
        Assert.True(await _call.ResponseStream.MoveNext(CancellationToken.None).WaitAsync(SuccessionFixture.Patience));
        return _call.ResponseStream.Current;
    }

    /// <summary>The next event of a kind; output on the way to it is collected.</summary>
    public async Task<V1.RunEvent> UntilAsync(V1.RunEvent.EventOneofCase kind)
    {
        while (true)
        {
            V1.RunEvent told = await NextAsync();
            if (told.Output is { } output)
            {
                Output.Append(Encoding.Latin1.GetString(output.Data.Span));
            }

            if (told.EventCase == kind)
            {
                return told;
            }
        }
    }

    public async Task UntilOutputAsync(string end)
    {
        while (!Output.ToString().EndsWith(end, StringComparison.Ordinal))
        {
            await UntilAsync(V1.RunEvent.EventOneofCase.Output);
        }
    }

    public async Task<Status> FailureAsync()
    {
        try
        {
            while (await _call.ResponseStream.MoveNext(CancellationToken.None).WaitAsync(SuccessionFixture.Patience))
            {
            }

            return Status.DefaultSuccess;
        }
        catch (RpcException e)
        {
            return e.Status;
        }
    }

    public void Dispose()
    {
        _call.Dispose();
        _channel.Dispose();
    }
}
