using System.Runtime.InteropServices;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.Extensions.Logging;
using PvExec.Hosting.Succession;
using PvExec.Http2.Loop;
using PvExec.Http2.Serving;

namespace PvExec.Hosting.Server;

/// <summary>
/// The server of the services that speak gRPC, in the place of Kestrel: connections are read and written by one loop, and
/// a call of the paths named begins and goes on there too, as long as it waits for nothing else. Other calls are the thread pool's.
/// </summary>
/// <param name="loop">The daemon's; it is not stopped with the server.</param>
/// <param name="listener">Gives the listening socket, which is the server's from then on.</param>
/// <param name="gate">What every call comes through first.</param>
/// <param name="services">Those of every call: all live as long as the server, and no call has any of its own.</param>
internal sealed class CallServer(EventLoop loop, CallerLimits limits, Func<SafeHandle> listener, CallsOnLoop onLoop, CallGate gate, IServiceProvider services, ILogger<CallServer> log) : IServer, ICallServer
{
    /// <summary>What handlers whose calls were broken off have for their own ends.</summary>
    private static readonly TimeSpan LastWait = TimeSpan.FromSeconds(1);

    private readonly ConnectionServer _connections = new(loop, limits);
    private readonly HandlerTally _handlers = new();

    public IFeatureCollection Features { get; } = new FeatureCollection();

    public Task StartAsync<TContext>(IHttpApplication<TContext> application, CancellationToken cancellationToken)
        where TContext : notnull
    {
        var handler = new CallHandler<TContext>(application, _handlers, log);
        return loop.DoAsync(() => _connections.Listen(
            listener(), socket => new CallConnection(_connections.Connections, loop, limits, socket, handler, onLoop, services)));
    }

    /// <summary>No new calls from now on. Those under way go on until they are answered, or for as long as may be.</summary>
    /// <param name="cancellationToken">Cancelled when they are to be broken off.</param>
    public async Task StopAsync(CancellationToken cancellationToken)
    {
        await _connections.StopAsync("the service has stopped", cancellationToken);
        await _handlers.Idle.WaitAsync(cancellationToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        await _handlers.Idle.WaitAsync(LastWait, CancellationToken.None).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
    }

    public void HoldBack() => gate.Close();

    public Task UnbindAsync() => _connections.UnbindAsync();

    public void AskToClose() => _connections.AskToClose();

    public void Refuse() => gate.Refuse();

    public async Task ClosedAsync(CancellationToken enough)
    {
        await _connections.ClosedAsync(enough);
        await _handlers.Idle.WaitAsync(enough).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
    }

    /// <summary>How many connections there are.</summary>
    internal async Task<int> CountAsync()
    {
        int count = 0;
        await loop.DoAsync(() => count = _connections.Connections.Count);
        return count;
    }

    public void Dispose()
    {
        // The sockets are closed by the stop, and the loop is the daemon's.
    }
}
