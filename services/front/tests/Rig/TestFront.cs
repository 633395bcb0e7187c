using System.Collections.Concurrent;
using System.Net;
using Grpc.Net.Client;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using PvExec.Kernel;

namespace PvExec.Front.Tests.Rig;

/// <summary>The front on a free loopback port, with the services' sockets in a directory of its own.</summary>
internal sealed class TestFront : IAsyncDisposable
{
    private readonly WebApplication _app;
    private readonly ConcurrentBag<Task> _calls = [];
    private readonly DirectoryInfo _directory = Directory.CreateTempSubdirectory("pv-front-");

    private TestFront()
    {
        Paths = new RuntimePaths(_directory.FullName);
        WebApplicationBuilder builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders().AddProvider(Log);
        builder.Services.AddSingleton(Paths);
        builder.Services.AddSingleton(TimeProvider.System);
        builder.Services.AddFront();
        builder.WebHost.ConfigureKestrel(kestrel =>
        {
            kestrel.Limits.MaxRequestBodySize = null;
            kestrel.Listen(IPAddress.Loopback, 0, listen => listen.Protocols = HttpProtocols.Http2);
        });
        _app = builder.Build();
        _app.Run(NoteAsync);
    }

    public RuntimePaths Paths { get; }

    /// <summary>What the front has logged.</summary>
    public NotedLines Log { get; } = new();

    public Uri Address { get; private set; } = new("http://127.0.0.1");

    public GrpcChannel Channel { get; private set; } = null!;

    public static async Task<TestFront> StartAsync()
    {
        var front = new TestFront();
        await front._app.StartAsync();
        front.Address = new Uri(front._app.Urls.Single());
        front.Channel = GrpcChannel.ForAddress(front.Address, new GrpcChannelOptions { MaxReceiveMessageSize = null });
        return front;
    }

    /// <summary>Completes when the front is done with every call that has been answered, which it may be after its caller.</summary>
    public Task CallsEndedAsync() => Task.WhenAll(_calls).WaitAsync(TimeSpan.FromSeconds(30));

    public Task<Backend> StartBackendAsync(Service service) => Backend.StartAsync(Paths.Grpc(service));

    public async ValueTask DisposeAsync()
    {
        Channel.Dispose();
        await _app.StopAsync(new CancellationToken(canceled: true));
        await _app.DisposeAsync();
        _directory.Delete(recursive: true);
    }

    private async Task NoteAsync(HttpContext context)
    {
        var ended = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        _calls.Add(ended.Task);
        try
        {
            await _app.Services.GetRequiredService<FrontService>().HandleAsync(context);
        }
        finally
        {
            ended.SetResult();
        }
    }
}
