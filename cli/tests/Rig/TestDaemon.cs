using System.Net;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace PvExec.Cli.Tests.Rig;

/// <summary>The daemon's port, served by this process.</summary>
internal sealed class TestDaemon : IAsyncDisposable
{
    private readonly WebApplication _app;

    private TestDaemon(bool knowsTasks)
    {
        Tasks = new FakeTasks(Received);
        WebApplicationBuilder builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.Services.AddSingleton(Received);
        builder.Services.AddSingleton(Tasks);
        builder.Services.AddGrpc(grpc => grpc.MaxReceiveMessageSize = null);
        builder.WebHost.ConfigureKestrel(kestrel => kestrel.Listen(IPAddress.Loopback, 0, listen => listen.Protocols = HttpProtocols.Http2));
        _app = builder.Build();
        _app.MapGrpcService<FakeProcess>();
        _app.MapGrpcService<FakeProcesses>();
        if (knowsTasks)
        {
            _app.MapGrpcService<FakeTasks>();
        }

        _app.MapGrpcService<FakeWorktrees>();
    }

    public Received Received { get; } = new();

    public FakeTasks Tasks { get; }

    public string Port => new Uri(_app.Urls.Single()).Port.ToString(System.Globalization.CultureInfo.InvariantCulture);

    /// <param name="knowsTasks">Not so for a daemon from before there was that service.</param>
    public static async Task<TestDaemon> StartAsync(bool knowsTasks = true)
    {
        var daemon = new TestDaemon(knowsTasks);
        await daemon._app.StartAsync();
        return daemon;
    }

    public async ValueTask DisposeAsync()
    {
        await _app.StopAsync(new CancellationToken(canceled: true));
        await _app.DisposeAsync();
    }
}
