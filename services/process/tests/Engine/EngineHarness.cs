using Microsoft.Extensions.Logging.Abstractions;
using PvExec.Contract;
using PvExec.Hosting;
using PvExec.Hosting.Init;
using PvExec.Hosting.Notify;
using PvExec.Hosting.Succession;
using PvExec.Kernel;
using PvExec.Kernel.Configuration;
using PvExec.Processes.Adapters;
using PvExec.Processes.Core.Specs;
using PvExec.Processes.Engine;
using PvExec.Processes.Freezing;
using PvExec.Processes.Proxy;
using PvExec.Processes.Tests.Succession;
using PvExec.Testing;

namespace PvExec.Processes.Tests.Engine;

/// <summary>An engine over fakes, and a directory of its own. Started children die on SIGTERM unless a test says otherwise.</summary>
internal sealed class EngineHarness : IAsyncDisposable
{
    public static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    private const int Continue = 18;
    private const int Stop = 19;

    private readonly string _directory = Directory.CreateTempSubdirectory("pvx").FullName;
    private readonly List<ProcessEngine> _engines = [];
    private readonly TaskCompletionSource _terminated = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public EngineHarness()
    {
        Init = NewInit();
    }

    public FakeInit Init { get; private set; }

    public FakeTables Tables { get; } = new();

    /// <summary>What an engine asks once another one has taken its place.</summary>
    public NextEngine Successor { get; private set; } = new();

    public FakeGroups Groups { get; } = new();

    public string? NotifySocket { get; set; }
    public RecordingObserver Observer { get; } = new();

    /// <summary>What the daemon was asked to do.</summary>
    public DaemonOptions Options { get; set; } = new();

    /// <summary>What pv-init was told of the main process.</summary>
    public RecordingNotifier Notifier { get; } = new();

    public MainProcess Main => new(Options, Notifier);

    /// <summary>That of the engine started last.</summary>
    public Freezer Freezer { get; private set; } = null!;

    public string FrozenFile => Path.Combine(_directory, "frozen");

    public ProcessTiming Timing { get; set; } = new();

    public string InstanceId { get; set; } = "one";

    public LogLines Log { get; } = new();

    /// <summary>What a child does on a signal.</summary>
    public Action<Child, int>? OnSignal { get; set; }

    public ProcessEngine Engine => _engines[^1];

    public SpecStore Store => new(Path.Combine(_directory, "specs"), NullLogger<SpecStore>.Instance);

    public string RecordOf(string name) => Path.Combine(_directory, "specs", name + ".spec");

    public static ProcessSpec Spec(string name = "web", int port = 0, params string[] arguments) => new()
    {
        Name = name, Arguments = arguments.Length > 0 ? arguments : ["server"], RunPath = "/", ListeningPort = port,
        Variables = [new("COLOUR", "red")],
    };

    /// <summary>A new pv-process; an earlier one of this harness is left as a crash leaves it.</summary>
    public ProcessEngine Start(params Child[] owned) => Start(Inheritance.None, owned);

    public ProcessEngine Start(Inheritance inheritance, params Child[] owned)
    {
        Init.Owned = owned;
        var mandate = new Mandate();
        var watcher = new PortWatcher(Tables, NullLogger<PortWatcher>.Instance);
        Freezer = NewFreezer(TimeProvider.System);
        var ender = new TreeEnder(Init, Tables, Freezer, mandate, Timing, TimeProvider.System, NullLogger<TreeEnder>.Instance);
        var ports = new ExposedPorts(new DescriptorStore(NotifySocket), Timing, Tables, TimeProvider.System, NullLogger<ExposedPorts>.Instance);
        var world = new ProcessWorld(Init, new DaemonEnvironment(["PATH=/bin", "COLOUR=blue"]), Store,
            new OutputLogs(Path.Combine(_directory, "logs"), NullLogger<OutputLogs>.Instance), new InitInstance(InstanceId), watcher, ender, Freezer, Observer, Main, ports,
            mandate, Successor, Timing, TimeProvider.System, Log.For<ProcessWorld>());
        var engine = new ProcessEngine(world);
        _engines.Add(engine);
        engine.Start(inheritance);
        return engine;
    }

    public Freezer NewFreezer(TimeProvider clock) => new(
        new TreeBrake(Init, Tables, Groups, clock, NullLogger<TreeBrake>.Instance), new FrozenMark(FrozenFile), clock, NullLogger<Freezer>.Instance);

    /// <summary>The engine hands over, and a new one takes over.</summary>
    /// <param name="owned">What pv-init tells the new one of.</param>
    public async Task<Legacy> HandOverAsync(params Child[] owned)
    {
        Legacy legacy = await Engine.HandOverAsync().WaitAsync(Patience);
        StartNext(legacy, owned);
        return legacy;
    }

    public ProcessEngine StartNext(Legacy legacy, params Child[] owned)
    {
        KeptDescriptor[] descriptors = [.. legacy.Descriptors.Select(one => new KeptDescriptor(one.Name, Descriptors.Copy(one.Handle)))];
        NextEngine asked = Successor;
        Successor = new NextEngine();
        ProcessEngine next = Start(new Inheritance(legacy.Table, descriptors, []) { IsHandedOver = true }, owned);
        asked.Set(next);
        return next;
    }

    /// <summary>An engine with one process, "web", that ends on SIGKILL only.</summary>
    public async Task<Child> StartDeafAsync()
    {
        OnSignal = (child, signal) =>
        {
            if (signal == 9)
            {
                Exit(child);
            }
            else
            {
                _terminated.TrySetResult();
            }
        };
        Start();
        await Engine.EnableAsync(Spec(), default);
        return Init.Spawned[0].Child;
    }

    /// <summary>Completes when that process has been sent SIGTERM.</summary>
    public Task TerminatedAsync() => _terminated.Task.WaitAsync(Patience);

    /// <summary>A pv-init that has started nothing yet.</summary>
    public void ReplaceInit() => Init = NewInit();

    public void Exit(Child child, int code = 0)
    {
        Tables.RemoveProcess(child.Pid);
        child.SetExited(FakeInit.Exit(code));
    }

    public Task UntilAsync(string name, ProcessState state) =>
        Engine.Find(name)!.UntilAsync((now, _) => now == state, CancellationToken.None).WaitAsync(Patience);

    public Child Adopted(ulong id, string name, ulong generation)
    {
        var child = new Child(id, 20_000 + (int)id, $"{name}#{generation}", DateTimeOffset.UnixEpoch, new SpawnNote(name, generation).Encode(),
            new Dictionary<string, System.Runtime.InteropServices.SafeHandle>());
        Tables.AddProcess(child.Pid);
        return child;
    }

    public async ValueTask DisposeAsync()
    {
        foreach (ProcessEngine engine in _engines)
        {
            await engine.DisposeAsync();
        }

        Directory.Delete(_directory, recursive: true);
    }

    private FakeInit NewInit() => new()
    {
        OnSpawn = (child, _) => Tables.AddProcess(child.Pid),
        OnSignal = (child, signal) =>
        {
            if (signal is Stop or Continue)
            {
                Tables.SetSessionState(child.Pid, signal == Stop ? 'T' : 'S');
            }
            else if (OnSignal is { } own)
            {
                own(child, signal);
            }
            else
            {
                Exit(child);
            }
        },
    };
}
