using System.Net;
using System.Net.Sockets;
using Grpc.Net.Client;
using PvExec.Api.V1;
using PvExec.Contract;

namespace PvExec.Bench;

/// <summary>A client of the front port with a connection of its own.</summary>
public sealed class Front : IDisposable
{
    /// <summary>How soon to try again while nothing listens on the port.</summary>
    private static readonly TimeSpan Again = TimeSpan.FromMilliseconds(1);

    private readonly GrpcChannel _channel;

    public Front(int port)
    {
        var handler = new SocketsHttpHandler { UseProxy = false, ConnectCallback = (context, cancellation) => ConnectAsync(context.DnsEndPoint, cancellation) };
        _channel = GrpcChannel.ForAddress($"http://127.0.0.1:{port}", new GrpcChannelOptions { HttpHandler = handler, DisposeHttpClient = true });
        Exec = new ExecService.ExecServiceClient(_channel);
        Process = new ProcessService.ProcessServiceClient(_channel);
        Worktrees = new Worktrees.WorktreesClient(_channel);
        Tasks = new Tasks.TasksClient(_channel);
    }

    public ExecService.ExecServiceClient Exec { get; }

    public ProcessService.ProcessServiceClient Process { get; }

    public Worktrees.WorktreesClient Worktrees { get; }

    public Tasks.TasksClient Tasks { get; }

    /// <summary>Runs the task that does nothing.</summary>
    public async Task RunNothingAsync(CancellationToken cancellationToken) => await Exec.ExecAsync(
        new ExecReq { TaskName = RootProcess.NoTask, WaitForCompletion = true }, cancellationToken: cancellationToken);

    /// <summary>Asks for a process that is not there.</summary>
    public async Task GetStateAsync(CancellationToken cancellationToken) =>
        await Process.GetProcessStateAsync(new GetProcessStateReq { ProcessName = "none" }, cancellationToken: cancellationToken);

    public async Task ListSnapshotsAsync(CancellationToken cancellationToken) =>
        await Worktrees.ListSnapshotsAsync(new ListSnapshotsRequest(), cancellationToken: cancellationToken);

    /// <summary>One call to each service behind the front.</summary>
    public async Task CallEachAsync()
    {
        await RunNothingAsync(CancellationToken.None);
        await GetStateAsync(CancellationToken.None);
        await ListSnapshotsAsync(CancellationToken.None);
    }

    public void Dispose() => _channel.Dispose();

    private static async ValueTask<Stream> ConnectAsync(DnsEndPoint end, CancellationToken cancellationToken)
    {
        while (true)
        {
            var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
            try
            {
                await socket.ConnectAsync(IPAddress.Parse(end.Host), end.Port, cancellationToken);
                return new NetworkStream(socket, ownsSocket: true);
            }
            catch (SocketException e) when (e.SocketErrorCode == SocketError.ConnectionRefused)
            {
                // A daemon that is about to start: the wait is part of what is measured.
                socket.Dispose();
                await Task.Delay(Again, cancellationToken);
            }
            catch
            {
                socket.Dispose();
                throw;
            }
        }
    }
}
