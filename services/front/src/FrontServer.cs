using System.Runtime.InteropServices;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using PvExec.Front.Proxy;
using PvExec.Hosting;
using PvExec.Http2.Loop;
using PvExec.Http2.Serving;
using PvExec.Kernel;

namespace PvExec.Front;

/// <summary>The thread that serves, and what the daemon asks of it. What it is asked is done on that thread.</summary>
internal sealed class FrontServer : IHostedService, ICallServer, IDisposable
{
    private readonly EventLoop _loop;
    private readonly ConnectionServer _server;
    private readonly Forwarder _forwarder;
    private readonly FrontLimits _limits;
    private readonly Func<SafeHandle> _listener;
    private Thread? _thread;

    /// <param name="listener">Gives the listening socket, which is the server's from then on.</param>
    public FrontServer(RuntimePaths paths, TimeProvider time, FrontLimits limits, Func<SafeHandle> listener, ILogger<FrontServer> log)
    {
        _limits = limits;
        _listener = listener;
        _loop = new EventLoop(time, error => FrontLog.Unexpected(log, error));
        _server = new ConnectionServer(_loop, limits);
        _forwarder = new Forwarder(_loop, limits, paths, log);
    }

    public Task StartAsync(CancellationToken cancellationToken)
    {
        _server.Listen(_listener(), socket => new CallerConnection(_server.Connections, _loop, _forwarder, _limits, socket));
        _thread = new Thread(_loop.Run) { IsBackground = true, Name = "calls" };
        _thread.Start();
        return Task.CompletedTask;
    }

    /// <summary>No new connections, and no new calls on the old ones. Calls under way go on until they are answered, or for as long as may be.</summary>
    /// <param name="cancellationToken">Cancelled when they are to be broken off.</param>
    public async Task StopAsync(CancellationToken cancellationToken)
    {
        await _loop.DoAsync(() => _forwarder.IsStopping = true);
        await _server.StopAsync("the front has stopped", cancellationToken);
        _loop.Post(_loop.Stop);
        await _loop.Over;
    }

    /// <summary>The front holds no state: what comes until the next instance accepts is passed on as before.</summary>
    public void HoldBack()
    {
    }

    public Task UnbindAsync() => _server.UnbindAsync();

    public void AskToClose() => _server.AskToClose();

    /// <inheritdoc cref="HoldBack"/>
    public void Refuse()
    {
    }

    public Task ClosedAsync(CancellationToken enough) => _server.ClosedAsync(enough);

    /// <summary>Completes when the thread has got round to it: it lives.</summary>
    public Task AskAsync() => _loop.DoAsync(() => { });

    /// <summary>How many connections of clients there are, and how many calls are under way.</summary>
    internal async Task<(int Connections, int Calls)> CountAsync()
    {
        (int, int) counts = default;
        await _loop.DoAsync(() => counts = (_server.Connections.Count, _forwarder.Calls.Count));
        return counts;
    }

    /// <inheritdoc cref="EventLoop.DoAsync"/>
    internal Task DoAsync(Action action) => _loop.DoAsync(action);

    public void Dispose()
    {
        if (_thread is null || _loop.Over.IsCompleted)
        {
            _loop.Dispose();
        }
    }
}
