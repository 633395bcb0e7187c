using System.Net;
using Grpc.Net.Client;
using Microsoft.Extensions.Logging;
using Microsoft.Win32.SafeHandles;
using PvExec.Kernel;
using PvExec.Linux.Sockets;

namespace PvExec.Front.Tests.Rig;

/// <summary>The front on a free loopback port, with the services' sockets in a directory of its own.</summary>
internal sealed class TestFront : IAsyncDisposable
{
    private readonly DirectoryInfo _directory = Directory.CreateTempSubdirectory("pv-front-");
    private readonly ILoggerFactory _logging;

    private TestFront(FrontLimits limits)
    {
        Paths = new RuntimePaths(_directory.FullName);
        _logging = LoggerFactory.Create(logging => logging.AddProvider(Log));
        SafeFileHandle listener = ListeningSocket.TryTcp(IPAddress.Loopback, 0, 512, out int port, out _)!;
        Address = new Uri($"http://127.0.0.1:{port}");
        Server = new FrontServer(Paths, TimeProvider.System, limits, () => listener, _logging.CreateLogger<FrontServer>());
        Channel = GrpcChannel.ForAddress(Address, new GrpcChannelOptions { MaxReceiveMessageSize = null });
    }

    public RuntimePaths Paths { get; }

    /// <summary>What the front has logged.</summary>
    public NotedLines Log { get; } = new();

    public Uri Address { get; }

    public FrontServer Server { get; }

    public GrpcChannel Channel { get; }

    public static async Task<TestFront> StartAsync(FrontLimits? limits = null)
    {
        var front = new TestFront(limits ?? FrontLimits.Default);
        await front.Server.StartAsync(CancellationToken.None);
        return front;
    }

    /// <summary>Completes when the front is done with every call that has been answered, which it may be after its caller.</summary>
    public async Task CallsEndedAsync()
    {
        using var enough = new CancellationTokenSource(TimeSpan.FromSeconds(30));
        while ((await Server.CountAsync()).Calls > 0)
        {
            enough.Token.ThrowIfCancellationRequested();
        }
    }

    /// <summary>Completes when the front has so many connections of clients, and so many calls.</summary>
    public async Task ReachesAsync(int connections, int calls)
    {
        using var enough = new CancellationTokenSource(TimeSpan.FromSeconds(30));
        while (await Server.CountAsync() != (connections, calls))
        {
            enough.Token.ThrowIfCancellationRequested();
        }
    }

    public Task<Backend> StartBackendAsync(Service service) => Backend.StartAsync(Paths.Grpc(service));

    public async ValueTask DisposeAsync()
    {
        Channel.Dispose();
        await Server.StopAsync(new CancellationToken(canceled: true));
        Server.Dispose();
        _logging.Dispose();
        _directory.Delete(recursive: true);
    }
}
