using Grpc.Net.Client;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using PvExec.Bus.Calls;
using PvExec.Bus.Events;
using PvExec.Exec.Adapters;
using PvExec.Exec.Adapters.Input;
using PvExec.Exec.Adapters.Output;
using PvExec.Exec.Core.Scopes;
using PvExec.Exec.Engine;
using PvExec.Exec.Leases;
using PvExec.Exec.Succession;
using PvExec.Exec.Tests.Adapters;
using PvExec.Hosting;
using PvExec.Hosting.Init;
using PvExec.Hosting.Succession;
using PvExec.Kernel;
using PvExec.Kernel.Configuration;

namespace PvExec.Exec.Tests.Succession;

/// <summary>One instance of the service, all of it but the process; it serves on a Unix socket of its runtime directory.</summary>
internal sealed class Instance : IAsyncDisposable
{
    private readonly OutputPump _pump = new();
    private readonly InputPump _inputs = new();
    private readonly FakeStore _store;
    private readonly Successor _successor = new();
    private readonly ExecSuccession _succession;
    private readonly ExecBus _bus;
    private readonly ExecEvents _events = new(NullLogger<BusPublisher>.Instance);
    private WebApplication? _app;

    public Instance(string root, string runtime, IInit init, FakeStore store)
    {
        Paths = new RuntimePaths(runtime);
        _store = store;
        var inputs = new RunInputs(_inputs, store);
        var order = new LockOrder(Locks);
        Engine = new RunEngine(
            order, Gate, new TaskDirectories([root]), new RunStarter(init, _pump, inputs), new DaemonEnvironment(["PATH=/bin"]),
            new DaemonOptions(), new ExecOptions(), new ServiceExit(), Observer, TimeProvider.System, NullLogger<RunEngine>.Instance);
        var leases = new ScopeLeases(order, Gate, TimeProvider.System, Observer, NullLogger<ScopeLeases>.Instance);
        Next = new NextInstance(Paths, _successor, TimeProvider.System);
        _bus = new ExecBus(leases, NullLogger<BusServer>.Instance);
        _succession = new ExecSuccession(Gate, _pump, _inputs, inputs, Engine, leases, _bus, _events, NullLogger<ExecSuccession>.Instance);
        Exec = new ExecGrpc(Engine, Next);
    }

    public RuntimePaths Paths { get; }

    public RecordingObserver Observer { get; } = new();

    public DecisionGate Gate { get; } = new();

    public ScopeLocks Locks { get; } = new(TimeProvider.System);

    public RunEngine Engine { get; }

    public NextInstance Next { get; }

    public ExecGrpc Exec { get; }

    public TasksGrpc Tasks => new(Engine, Next);

    public async Task<ReadOnlyMemory<byte>> HandOverAsync() => (await _succession.HandOverAsync(CancellationToken.None)).Value.Table;

    /// <summary>Takes over, serves, and only then is the instance before told.</summary>
    public async Task TakeOverAsync(Instance before, IReadOnlyList<Child> owned, ReadOnlyMemory<byte> table)
    {
        _succession.TakeOver(owned, new Inheritance(table, [], _store.Inheritance().Stored) { IsHandedOver = true });
        await ServeAsync();
        before._successor.SetTookOver();
    }

    public async Task ServeAsync()
    {
        await StopServingAsync();
        File.Delete(Paths.Grpc(Service.Exec));
        WebApplicationBuilder builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.Services.AddSingleton(Engine);
        builder.Services.AddSingleton(Locks);
        builder.Services.AddSingleton(Next);
        builder.Services.AddSingleton<CallGate>();
        builder.Services.AddGrpc(grpc => grpc.Interceptors.Add<PvExec.Hosting.Faults.FaultInterceptor>());
        builder.WebHost.ConfigureKestrel(kestrel => kestrel.ListenUnixSocket(Paths.Grpc(Service.Exec), listen => listen.Protocols = HttpProtocols.Http2));
        _app = builder.Build();
        _app.MapGrpcService<TasksGrpc>();
        await _app.StartAsync();
    }

    /// <summary>Drops every connection, as the end of the process would.</summary>
    public async Task StopServingAsync()
    {
        if (_app is { } app)
        {
            _app = null;
            using var now = new CancellationTokenSource();
            await now.CancelAsync();
            await app.StopAsync(now.Token);
            await app.DisposeAsync();
        }
    }

    public async ValueTask DisposeAsync()
    {
        await StopServingAsync();
        await _bus.DisposeAsync();
        await _events.DisposeAsync();
        Next.Dispose();
        _pump.Dispose();
        _inputs.Dispose();
    }
}
