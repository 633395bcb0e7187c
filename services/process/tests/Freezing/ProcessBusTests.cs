using Microsoft.Extensions.Logging.Abstractions;
using PvExec.Bus;
using PvExec.Bus.Calls;
using PvExec.Bus.Events;
using PvExec.Bus.Transport;
using PvExec.Contract;
using PvExec.Hosting.Init;
using PvExec.Kernel;
using PvExec.Processes.Tests.Engine;
using PvExec.Proto.Bus.Common;
using PvExec.Proto.Bus.Processes;
using PvExec.Testing;

namespace PvExec.Processes.Tests.Freezing;

/// <summary>Freezing and events over real sockets.</summary>
public sealed class ProcessBusTests : IAsyncDisposable
{
    private readonly TemporaryDirectory _directory = new();
    private readonly EngineHarness _harness = new();

    public async ValueTask DisposeAsync()
    {
        await _harness.DisposeAsync();
        _directory.Dispose();
    }

    [Fact]
    public async Task Another_service_freezes_and_thaws()
    {
        Child child = await StartAsync();
        await using ProcessBus bus = Serve();
        await using BusClient client = Connect();

        ProcessesFrozen frozen = (await CallAsync(client, [])).Value;
        Assert.Equal(["web"], frozen.Names);
        Assert.Equal('T', _harness.Tables.StateOf(child.Pid));

        Assert.Null((await client.CallAsync<ThawProcesses, Done>(new ThawProcesses(frozen.FreezeId), EngineHarness.Patience, WhenDown.Fail, default)).Fault);
        Assert.Equal('S', _harness.Tables.StateOf(child.Pid));
    }

    [Fact]
    public async Task A_name_that_is_not_configured_is_refused_and_nothing_is_frozen()
    {
        Child child = await StartAsync();
        await using ProcessBus bus = Serve();
        await using BusClient client = Connect();

        Fault fault = (await CallAsync(client, ["web", "none"])).Fault!;

        Assert.Equal(FaultKind.NotFound, fault.Kind);
        Assert.Contains("'none'", fault.Detail, StringComparison.Ordinal);
        Assert.Equal('S', _harness.Tables.StateOf(child.Pid));
    }

    [Fact]
    public async Task An_asker_that_dies_leaves_nothing_frozen()
    {
        Child child = await StartAsync();
        await using ProcessBus bus = Serve();
        await using (BusClient client = Connect())
        {
            _ = (await CallAsync(client, [])).Value;
        }

        await _harness.Freezer.Thawed.WaitAsync(EngineHarness.Patience);
        Assert.Equal('S', _harness.Tables.StateOf(child.Pid));
    }

    [Fact]
    public async Task Events_reach_a_subscriber_once_each()
    {
        await using var events = new ProcessEvents(NullLogger<BusPublisher>.Instance);
        events.Start(_directory.At("events.sock"));
        await using var subscriber = new BusSubscriber("process", _directory.At("events.sock"), BusLimits.Default, UnixTransportOptions.Default, NullLogger<BusSubscriber>.Instance);
        EventStream<ProcessPortChanged> ports = subscriber.Subscribe<ProcessPortChanged>(10);
        EventStream<ProcessStateChanged> states = subscriber.Subscribe<ProcessStateChanged>(10);

        // The subscription takes a moment to arrive: what comes first shows that it has.
        using var patience = new CancellationTokenSource(EngineHarness.Patience);
        Task<BusEvent<ProcessStateChanged>> first = states.ReadAsync(patience.Token).AsTask();
        for (int i = 0; !first.IsCompleted; i++)
        {
            events.Changed("probe", i % 2 == 0 ? ProcessState.Starting : ProcessState.Finished, 0, 0);
            await Task.WhenAny(first, Task.Delay(TimeSpan.FromMilliseconds(10)));
        }

        events.Changed("web", ProcessState.Running, 3000, 80);
        events.Changed("web", ProcessState.Running, 3000, 80);
        events.Changed("web", ProcessState.NotRunning, 0, 0);

        Assert.Equal(new ProcessPortChanged("web", 3000, 80), (await ports.ReadAsync(patience.Token)).Message);
        Assert.Equal(new ProcessPortChanged("web", 0, 0), (await ports.ReadAsync(patience.Token)).Message);
    }

    [Fact]
    public async Task The_table_in_docs_bus_md_names_exactly_what_process_answers()
    {
        _harness.Start();
        await using ProcessBus bus = Serve();
        DirectoryInfo at = new(AppContext.BaseDirectory);
        while (!File.Exists(Path.Combine(at.FullName, "docs", "bus.md")))
        {
            at = at.Parent ?? throw new FileNotFoundException("docs/bus.md is in no folder above the tests");
        }

        IEnumerable<string> listed = File.ReadLines(Path.Combine(at.FullName, "docs", "bus.md"))
            .Select(line => line.Split('|', StringSplitOptions.TrimEntries))
            .Where(cells => cells is ["", _, "process", ..])
            .Select(cells => cells[1].Trim('`'));
        Assert.Equal(bus.Kinds.Order(StringComparer.Ordinal), listed.Order(StringComparer.Ordinal));
    }

    private async Task<Child> StartAsync()
    {
        _harness.Start();
        Assert.Null((await _harness.Engine.EnableAsync(EngineHarness.Spec(), CancellationToken.None)).Fault);
        return _harness.Init.Spawned[^1].Child;
    }

    private ProcessBus Serve()
    {
        var bus = new ProcessBus(_harness.Engine, _harness.Freezer, NullLogger<BusServer>.Instance);
        bus.Start(_directory.At("process.sock"));
        return bus;
    }

    private BusClient Connect() =>
        new("process", _directory.At("process.sock"), BusLimits.Default, UnixTransportOptions.Default, NullLogger<BusClient>.Instance);

    private static Task<Outcome<ProcessesFrozen>> CallAsync(BusClient client, string[] names) =>
        client.CallAsync<FreezeProcesses, ProcessesFrozen>(new FreezeProcesses(names, "test", TimeSpan.FromHours(1)), EngineHarness.Patience, WhenDown.Fail, default);
}
