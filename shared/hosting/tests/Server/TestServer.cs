using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Win32.SafeHandles;
using PvExec.Hosting.Server;
using PvExec.Hosting.Succession;
using PvExec.Http2.Loop;

namespace PvExec.Hosting.Tests.Server;

/// <summary>The server that every service has, on a loop and a listening socket of its own.</summary>
internal sealed class TestServer : IAsyncDisposable
{
    private readonly EventLoop _loop;
    private readonly WebApplication _app;

    private TestServer(SafeFileHandle listener, Action<WebApplication> configure, Func<IServiceProvider, CallsOnLoop> onLoop, Action<WebApplicationBuilder>? services)
    {
        _loop = new EventLoop(TimeProvider.System, error => Unexpected.Add(error));
        WebApplicationBuilder builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.Services.Configure<HostOptions>(host => host.ShutdownTimeout = TimeSpan.FromSeconds(1));
        builder.Services.AddLogging(logging => logging.ClearProviders());
        builder.Services.AddRouting();
        builder.AddCallServer(_loop, () => listener, onLoop);
        services?.Invoke(builder);
        _app = builder.Build();
        configure(_app);
        LoopThread = new Thread(_loop.Run) { IsBackground = true };
        LoopThread.Start();
    }

    /// <summary>Bugs that ended something on the loop.</summary>
    public List<Exception> Unexpected { get; } = [];

    public Thread LoopThread { get; }

    public CallGate Gate => _app.Services.GetRequiredService<CallGate>();

    public IServiceProvider Services => _app.Services;

    public CallServer Calls => _app.Services.GetRequiredService<CallServer>();

    /// <param name="listener">The server's from now on.</param>
    /// <param name="onLoop">The calls that begin on the loop's thread.</param>
    public static async Task<TestServer> StartAsync(
        SafeFileHandle listener, Action<WebApplication> configure, Func<IServiceProvider, CallsOnLoop>? onLoop = null, Action<WebApplicationBuilder>? services = null)
    {
        var server = new TestServer(listener, configure, onLoop ?? (_ => new CallsOnLoop([])), services);
        await server._app.StartAsync();
        return server;
    }

    /// <summary>Completes when so many connections are open.</summary>
    public async Task ReachesAsync(int connections)
    {
        using var enough = new CancellationTokenSource(TimeSpan.FromSeconds(30));
        while (await Calls.CountAsync() != connections)
        {
            enough.Token.ThrowIfCancellationRequested();
        }
    }

    public Task StopAsync(CancellationToken cancellationToken) => _app.StopAsync(cancellationToken);

    public async ValueTask DisposeAsync()
    {
        await _app.StopAsync();
        await _app.DisposeAsync();
        _loop.Post(_loop.Stop);
        await _loop.Over;
        _loop.Dispose();
        Assert.Empty(Unexpected);
    }
}
