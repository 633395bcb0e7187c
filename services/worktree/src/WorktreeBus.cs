using Microsoft.Extensions.Logging;
using PvExec.Bus;
using PvExec.Bus.Calls;
using PvExec.Bus.Transport;
using PvExec.Hosting.Sockets;
using PvExec.Hosting.Succession;
using PvExec.Kernel;
using PvExec.Proto.Bus.Worktrees;

namespace PvExec.Worktrees;

/// <summary>Bus to core: other services ask for saves.</summary>
public sealed class WorktreeBus : IAsyncDisposable
{
    private readonly BusServer _server;

    public WorktreeBus(WorktreeHost host, ILogger<BusServer> log)
    {
        _server = new BusServer(Service.Worktree.Name(), BusLimits.Default, UnixTransportOptions.Default, log);
        _server.Handle<SaveWorktree, WorktreeSaved>((_, _, cancellationToken) => SaveAsync(host, cancellationToken));
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

    private static async Task<Outcome<WorktreeSaved>> SaveAsync(WorktreeHost host, CancellationToken cancellationToken)
    {
        try
        {
            return (await host.SaveAsync(cancellationToken)).Then<WorktreeSaved>(save => new WorktreeSaved(save.Snapshot.Id.ToString(), save.Changed));
        }
        catch (HandedOverException e)
        {
            return new Fault(FaultKind.Unavailable, e.Message);
        }
    }
}
