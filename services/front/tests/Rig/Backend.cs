using System.Collections.Concurrent;
using System.Net.Sockets;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace PvExec.Front.Tests.Rig;

/// <summary>A service in this process: the same server on the same kind of socket.</summary>
internal sealed class Backend : IAsyncDisposable
{
    private readonly WebApplication _app;
    private readonly ConcurrentBag<ConnectionContext> _connections = [];

    private Backend(string path, Socket? listener, int? longestMessage, int streams)
    {
        WebApplicationBuilder builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.Services.AddSingleton(Events);
        builder.Services.AddGrpc(grpc =>
        {
            grpc.MaxReceiveMessageSize = longestMessage;
            grpc.MaxSendMessageSize = null;
        });
        if (listener is not null)
        {
            builder.WebHost.UseSockets(sockets => sockets.CreateBoundListenSocket = _ => listener);
        }

        builder.WebHost.ConfigureKestrel(kestrel =>
        {
            kestrel.Limits.MaxRequestBodySize = null;
            kestrel.Limits.Http2.MaxStreamsPerConnection = streams;
            kestrel.Limits.Http2.InitialStreamWindowSize = 1024 * 1024;
            kestrel.Limits.Http2.InitialConnectionWindowSize = 4 * 1024 * 1024;
            kestrel.ListenUnixSocket(path, listen =>
            {
                listen.Protocols = HttpProtocols.Http2;
                listen.Use(next => connection =>
                {
                    _connections.Add(connection);
                    return next(connection);
                });
            });
        });
        _app = builder.Build();
        _app.Use((context, next) => Refusals.PassAsync(context, next));
        _app.MapGrpcService<ExecBackend>();
        _app.MapGrpcService<ProcessBackend>();
        _app.MapGrpcService<WorktreeBackend>();
        _app.MapGrpcService<StreamsService>();
    }

    public BackendEvents Events { get; } = new();

    /// <summary>How many connections it was ever asked for.</summary>
    public int ConnectionCount => _connections.Count;

    public Refusals Refusals { get; } = new();

    /// <param name="path">The socket's; what is there is replaced.</param>
    /// <param name="listener">Taken over in place of a new socket.</param>
    /// <param name="longestMessage">In bytes; null: there is no limit.</param>
    /// <param name="streams">How many calls it takes on one connection.</param>
    public static async Task<Backend> StartAsync(string path, Socket? listener = null, int? longestMessage = null, int streams = int.MaxValue)
    {
        if (listener is null)
        {
            File.Delete(path);
        }

        var backend = new Backend(path, listener, longestMessage, streams);
        await backend._app.StartAsync();
        return backend;
    }

    /// <summary>Breaks every connection as SIGKILL would, without a farewell, and ends.</summary>
    public async Task KillAsync()
    {
        foreach (ConnectionContext connection in _connections)
        {
            connection.Abort(new ConnectionAbortedException("killed"));
        }

        await _app.StopAsync(new CancellationToken(canceled: true));
    }

    public async ValueTask DisposeAsync()
    {
        await _app.StopAsync(new CancellationToken(canceled: true));
        await _app.DisposeAsync();
    }
}
