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
using PvExec.Exec.Core;
using PvExec.Exec.Core.Runs;
using PvExec.Exec.Core.Scopes;
using PvExec.Exec.Engine;
using PvExec.Exec.Holds;
using PvExec.Exec.Leases;
using PvExec.Exec.Succession;
using PvExec.Exec.Tests.Adapters;
using PvExec.Hosting;
using PvExec.Hosting.Init;
using PvExec.Hosting.Succession;
using PvExec.Kernel;
using PvExec.Kernel.Configuration;
using PvExec.Testing;

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
    private readonly TaskDirectories _directories;
    private WebApplication? _app;

    public Instance(
        string root, string runtime, IInit init, FakeStore store, TimeProvider? clock = null, ExecOptions? options = null, IExecObserver? observer = null)
    {
        TimeProvider time = clock ?? TimeProvider.System;
        Locks = new ScopeLocks(clock ?? Clock);
        Paths = new RuntimePaths(runtime);
        _store = store;
        var inputs = new RunInputs(_inputs, store);
        var order = new LockOrder(Locks);
        var notes = new WaitingNotes(store, NullLogger<WaitingNotes>.Instance);
        Engine = new RunEngine(
            order, Gate, new TaskDirectories([root]), new RunStarter(init, _pump, inputs), notes, new DaemonEnvironment(["PATH=/bin"]),
            new DaemonOptions(), options ?? new ExecOptions(), Exit, observer ?? Observer, time, NullLogger<RunEngine>.Instance);
        Leases = new ScopeLeases(order, Gate, time, observer ?? Observer, NullLogger<ScopeLeases>.Instance);
        Next = new NextInstance(Paths, _successor, TimeProvider.System);
        _bus = new ExecBus(Leases, NullLogger<BusServer>.Instance);
        Holds = new ScopeHolds(order, Gate, Options, clock ?? Clock, observer ?? Observer, NullLogger<ScopeHolds>.Instance);
        _succession = new ExecSuccession(Gate, _pump, _inputs, inputs, Engine, notes, Leases, Holds, _bus, _events, NullLogger<ExecSuccession>.Instance);
        Exec = new ExecGrpc(Engine, Next);
        Watches = new ScopeWatches(Locks);
        _directories = new TaskDirectories([root]);
    }

    public RuntimePaths Paths { get; }

    public RecordingObserver Observer { get; } = new();

    public DecisionGate Gate { get; } = new();

    public ServiceExit Exit { get; } = new();

    public ScopeLocks Locks { get; }

    public ScopeLeases Leases { get; }

    public RunEngine Engine { get; }

    public NextInstance Next { get; }

    public ExecGrpc Exec { get; }

    public ScopeWatches Watches { get; }

    public ScopeHolds Holds { get; }

    public TasksGrpc Tasks => new(Engine, Locks, Next, _directories, Watches, Holds, Options, Clock);

    /// <summary>The time of locks and holds, and of nothing else.</summary>
    public ManualClock Clock { get; } = new();

    private ExecOptions Options { get; } = new();

    public async Task<ReadOnlyMemory<byte>> HandOverAsync() => (await _succession.HandOverAsync(CancellationToken.None)).Value.Table;

    /// <summary>Takes over without anybody being told, and without serving.</summary>
    public void Restore(ReadOnlyMemory<byte> table) => _succession.TakeOver([], new Inheritance(table, [], []) { IsHandedOver = true });

    /// <summary>Takes over, serves, and only then is the instance before told.</summary>
    public async Task TakeOverAsync(Instance before, IReadOnlyList<Child> owned, ReadOnlyMemory<byte> table, Func<Task>? untilItIsTold = null)
    {
        TakeOver(owned, table, handedOver: true);
        await (untilItIsTold?.Invoke() ?? Task.CompletedTask);
        await ServeAsync();
        before._successor.SetTookOver();
    }

    /// <summary>Takes over from one that handed over, or from one that was killed and left no table.</summary>
    public void TakeOver(IReadOnlyList<Child> owned, ReadOnlyMemory<byte> table, bool handedOver) =>
        _succession.TakeOver(owned, new Inheritance(table, [], _store.Inheritance().Stored) { IsHandedOver = handedOver });

    public async Task ServeAsync()
    {
        await StopServingAsync();
        File.Delete(Paths.Grpc(Service.Exec));
        WebApplicationBuilder builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.Services.AddSingleton(Engine);
        builder.Services.AddSingleton(Locks);
        builder.Services.AddSingleton(Next);
        builder.Services.AddSingleton(_directories);
        builder.Services.AddSingleton(Watches);
        builder.Services.AddSingleton(Holds);
        builder.Services.AddSingleton(Options);
        builder.Services.AddSingleton<TimeProvider>(Clock);
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

        // What the end of the process would close: thousands of files, where many instances follow one another, are more than a process may have open.
        foreach (Run run in Engine.Live.Concat(Engine.Ended))
        {
            run.Output.Release();
            run.Input?.Dispose();
        }
    }
}
