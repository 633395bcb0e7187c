using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.DependencyInjection;
using PvExec.Kernel;
using PvExec.Kernel.Configuration;

namespace PvExec.Hosting;

/// <summary>Runs before the service says READY; a fault ends it with one line on standard error.</summary>
public delegate Task<Outcome<Unit>> StartHook(IServiceProvider services, CancellationToken cancellationToken);

/// <summary>Runs when the whole system stops, not when only this service is restarted; a fault becomes the exit code.</summary>
/// <param name="services">The service's own.</param>
/// <param name="timeLeft">How long it may take before it is killed.</param>
public delegate Task<Outcome<Unit>> StopHook(IServiceProvider services, TimeSpan timeLeft, CancellationToken cancellationToken);

/// <summary>What makes one service differ from another.</summary>
public sealed class DaemonBuilder(DaemonOptions options)
{
    private readonly List<Action<WebApplication>> _endpoints = [];
    private readonly List<StartHook> _startHooks = [];
    private readonly List<StopHook> _stopHooks = [];

    public DaemonOptions Options { get; } = options;

    /// <summary>Added to what hosting registers: IInit, the options, the paths, DaemonEnvironment, TimeProvider, logging, gRPC.</summary>
    public IServiceCollection Services { get; } = new ServiceCollection();

    /// <summary>What the inherited socket speaks.</summary>
    public HttpProtocols Protocols { get; set; } = HttpProtocols.Http2;

    internal IReadOnlyList<Action<WebApplication>> Endpoints => _endpoints;

    internal IReadOnlyList<StartHook> StartHooks => _startHooks;

    internal IReadOnlyList<StopHook> StopHooks => _stopHooks;

    /// <summary>Serves a gRPC service class.</summary>
    public void MapGrpc<[System.Diagnostics.CodeAnalysis.DynamicallyAccessedMembers(System.Diagnostics.CodeAnalysis.DynamicallyAccessedMemberTypes.All)] TService>()
        where TService : class => _endpoints.Add(app => app.MapGrpcService<TService>());

    /// <summary>Serves every request that no gRPC service takes.</summary>
    public void MapFallback(Func<IServiceProvider, RequestDelegate> handler) => _endpoints.Add(app => app.Run(handler(app.Services)));

    public void OnStart(StartHook hook) => _startHooks.Add(hook);

    public void OnStop(StopHook hook) => _stopHooks.Add(hook);
}
