using System.Diagnostics.CodeAnalysis;
using Grpc.Core;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;
using PvExec.Hosting.Faults;
using PvExec.Hosting.Notify;
using PvExec.Hosting.Server;
using PvExec.Hosting.Succession;
using PvExec.Hosting.Unary;
using PvExec.Kernel;
using PvExec.Kernel.Configuration;

namespace PvExec.Hosting;

/// <summary>Runs before the service says READY; a fault ends it with one line on standard error.</summary>
public delegate Task<Outcome<Unit>> StartHook(IServiceProvider services, CancellationToken cancellationToken);

/// <summary>Runs when the whole system stops, not when only this service is restarted; a fault becomes the exit code.</summary>
/// <param name="services">The service's own.</param>
/// <param name="timeLeft">How long it may take before it is killed.</param>
public delegate Task<Outcome<Unit>> StopHook(IServiceProvider services, TimeSpan timeLeft, CancellationToken cancellationToken);

/// <summary>
/// Runs when a new instance of the service waits to take this one's place. When it returns, this instance decides
/// nothing any more, and everything the new one has to know is in files, in pv-init or in the legacy. Calls that are
/// still to be answered stay open; new ones are held back (<see cref="CallGate"/>). A fault, or the end of the time, ends
/// this instance; the new one then starts as after a crash.
/// </summary>
/// <param name="services">The service's own.</param>
/// <param name="cancellationToken">Cancelled when the time is over.</param>
public delegate Task<Outcome<Legacy>> HandOverHook(IServiceProvider services, CancellationToken cancellationToken);

/// <summary>
/// What an instance that has handed over still stays for, beside its calls. Runs after the hand-over, and returns when
/// there is nothing left to stay for.
/// </summary>
/// <param name="services">The service's own.</param>
/// <param name="cancellationToken">Cancelled when the instance has to leave at once.</param>
public delegate Task StayHook(IServiceProvider services, CancellationToken cancellationToken);

/// <summary>What makes one service differ from another.</summary>
public sealed class DaemonBuilder(DaemonOptions options)
{
    private readonly List<Action<WebApplication>> _endpoints = [];
    private readonly List<Action<ServiceBinderBase, IServiceProvider>> _bindings = [];
    private readonly List<string> _pathsOnLoop = [];
    private readonly List<StartHook> _startHooks = [];
    private readonly List<StopHook> _stopHooks = [];
    private readonly List<StayHook> _stayHooks = [];
    private readonly List<Func<IServiceProvider, LifeProbe>> _lifeProbes = [];

    public DaemonOptions Options { get; } = options;

    /// <summary>Added to what hosting registers: IInit, Inheritance, Successor, DescriptorStore, the options, the paths, DaemonEnvironment, TimeProvider, logging; for gRPC also CallGate and gRPC itself.</summary>
    public IServiceCollection Services { get; } = new ServiceCollection();

    /// <summary>How long calls under way may take to end once the service leaves. Those of most are over by then: their stop hooks end what they wait for.</summary>
    public TimeSpan DrainTime { get; set; } = TimeSpan.FromSeconds(1);

    /// <summary>By default a service hands over once every call under way has been answered, and leaves nothing.</summary>
    internal HandOverHook HandOver { get; private set; } = DrainAsync;

    internal IReadOnlyList<StayHook> StayHooks => _stayHooks;

    internal IReadOnlyList<Action<WebApplication>> Endpoints => _endpoints;

    internal IReadOnlyList<StartHook> StartHooks => _startHooks;

    internal IReadOnlyList<StopHook> StopHooks => _stopHooks;

    /// <summary>Serves a gRPC service class: one object of it has all calls.</summary>
    /// <param name="bind">The <c>BindService</c> that was generated with its base.</param>
    /// <param name="forMore">What a caller whose request is larger than <see cref="Daemon.MaxMessageBytes"/> is told to do, in printable ASCII; null: nothing.</param>
    public void MapGrpc<[DynamicallyAccessedMembers(DynamicallyAccessedMemberTypes.All)] TService>(Action<ServiceBinderBase, TService?> bind, string? forMore = null)
        where TService : class
    {
        Services.AddReadableMethods<TService>(binder => bind(binder, null));
        _bindings.Add((binder, services) => bind(binder, services.GetRequiredService<TService>()));
        Services.AddSingleton<TService>();
        _endpoints.Add(app => app.MapGrpcService<TService>().SayMessageLimit(Daemon.MaxMessageBytes, forMore));
    }

    /// <summary>
    /// Has the calls of a method begin on the thread that reads them, and that receives from pv-init: no other thread is woken for one, and the usual
    /// ones are answered without ASP.NET Core. What the method does before it waits must be short, and must not block on what comes from pv-init.
    /// </summary>
    /// <param name="path">Such as <c>/package.Service/Method</c>, of a method with one message each way.</param>
    public void BeginOnLoop(string path) => _pathsOnLoop.Add(path);

    public void OnStart(StartHook hook) => _startHooks.Add(hook);

    public void OnStop(StopHook hook) => _stopHooks.Add(hook);

    public void OnHandOver(HandOverHook hook) => HandOver = hook;

    /// <summary>After a hand-over the instance stays until every one of these has returned.</summary>
    public void OnHandedOver(StayHook hook) => _stayHooks.Add(hook);

    /// <summary>What the service asks itself before it says that it lives (WATCHDOG=1); one that serves gRPC is asked over its socket too.</summary>
    /// <param name="what">For the log.</param>
    /// <param name="askAsync">Completes when whoever is asked has got round to it.</param>
    public void LivesWhile(string what, Func<IServiceProvider, Task> askAsync) => _lifeProbes.Add(services => new LifeProbe(what, _ => askAsync(services)));

    /// <summary>Makes the service objects, which name their methods.</summary>
    /// <exception cref="InvalidOperationException">No method has one of the paths.</exception>
    internal CallsOnLoop BindCallsOnLoop(IServiceProvider services)
    {
        if (_pathsOnLoop.Count == 0)
        {
            return new CallsOnLoop([]);
        }

        var methods = new UnaryMethods(services.GetRequiredService<FaultInterceptor>(), services.GetRequiredService<CallGate>());
        foreach (Action<ServiceBinderBase, IServiceProvider> bind in _bindings)
        {
            bind(methods, services);
        }

        return new CallsOnLoop(_pathsOnLoop.Select(path => KeyValuePair.Create<string, UnaryMethod?>(path, methods[path])));
    }

    internal IEnumerable<LifeProbe> LifeProbes(IServiceProvider services) => _lifeProbes.Select(made => made(services));

    private static async Task<Outcome<Legacy>> DrainAsync(IServiceProvider services, CancellationToken cancellationToken)
    {
        await services.GetRequiredService<CallGate>().Drained.WaitAsync(cancellationToken);
        return Legacy.None;
    }
}
