using Microsoft.Extensions.Logging;
using PvExec.Bus;
using PvExec.Bus.Calls;
using PvExec.Bus.Transport;
using PvExec.Hosting.Init;
using PvExec.Hosting.Sockets;
using PvExec.Kernel;
using PvExec.Processes.Engine;
using PvExec.Processes.Freezing;
using PvExec.Proto.Bus.Common;
using PvExec.Proto.Bus.Processes;

namespace PvExec.Processes;

/// <summary>Bus to core: other services freeze and thaw the managed processes.</summary>
internal sealed class ProcessBus : IAsyncDisposable
{
    private readonly ProcessEngine _engine;
    private readonly Freezer _freezer;
    private readonly BusServer _server;

    public ProcessBus(ProcessEngine engine, Freezer freezer, ILogger<BusServer> log)
    {
        (_engine, _freezer) = (engine, freezer);
        _server = new BusServer(Service.Process.Name(), BusLimits.Default, UnixTransportOptions.Default, log);
        _server.Handle<FreezeProcesses, ProcessesFrozen>((request, call, _) => FreezeAsync(request, call));
        _server.Handle<RenewFreeze, Done>((request, _, _) => RenewAsync(request));
        _server.Handle<ThawProcesses, Done>((request, _, _) => ThawAsync(request));
    }

    /// <summary>The kinds of message that are answered.</summary>
    public IReadOnlyCollection<string> Kinds => _server.Kinds;

    /// <summary>Serves on the socket that pv-init passed.</summary>
    /// <exception cref="FaultException">None was passed.</exception>
    public void Start() => _server.Start(InheritedSockets.Take("bus"));

    /// <summary>Serves on a path of its own, in tests.</summary>
    public void Start(string path) => _server.Start(path);

    /// <summary>Completes when the thread that serves has got round to it.</summary>
    public Task PingAsync() => _server.PingAsync();

    public ValueTask DisposeAsync() => _server.DisposeAsync();

    private async Task<Outcome<ProcessesFrozen>> FreezeAsync(FreezeProcesses request, BusCall call)
    {
        if (request.Names.FirstOrDefault(name => _engine.Find(name) is null) is { } unknown)
        {
            return new Fault(FaultKind.NotFound, $"process '{unknown}' is not configured: leave it out, or name none to freeze all");
        }

        Dictionary<string, Child> Asked() => _engine.Living()
            .Where(process => request.Names.Count == 0 || request.Names.Contains(process.Key))
            .ToDictionary(StringComparer.Ordinal);
        Outcome<Freeze> frozen = await _freezer.FreezeAsync(Asked, request.Reason, request.TimeLimit, call.Peer.Gone);
        if (frozen.TryGet(out Freeze? held, out _))
        {
            // A caller that gives up as everything stands still does not know of the freeze.
            call.OnGivenUp(held.AskToThaw);
        }

        return frozen.Then<ProcessesFrozen>(freeze => new ProcessesFrozen(freeze.Id, [.. freeze.Processes.Keys]));
    }

    private async Task<Outcome<Done>> RenewAsync(RenewFreeze request) =>
        (await _freezer.RenewAsync(request.FreezeId, request.TimeLimit)).Then<Done>(_ => Done.Value);

    private async Task<Outcome<Done>> ThawAsync(ThawProcesses request) =>
        (await _freezer.ThawAsync(request.FreezeId)).Then<Done>(_ => Done.Value);
}
