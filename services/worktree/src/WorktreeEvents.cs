using Microsoft.Extensions.Logging;
using PvExec.Bus;
using PvExec.Bus.Events;
using PvExec.Bus.Transport;
using PvExec.Hosting.Sockets;
using PvExec.Kernel;
using PvExec.Proto.Bus.Worktrees;
using PvExec.Worktrees.Core;

namespace PvExec.Worktrees;

/// <summary>Core to bus: publishes saves and the first change after one.</summary>
public sealed class WorktreeEvents(ILogger<BusPublisher> log) : IWorktreeObserver, IAsyncDisposable
{
    private readonly BusPublisher _publisher = new(Service.Worktree.Name(), BusLimits.Default, UnixTransportOptions.Default, log);

    /// <summary>Publishes on the socket that pv-init passed.</summary>
    /// <exception cref="FaultException">None was passed.</exception>
    public void Start() => _publisher.Start(InheritedSockets.Take("events"));

    /// <summary>Publishes on a path of its own, in tests.</summary>
    public void Start(string path) => _publisher.Start(path);

    public void Saved(SaveResult save) => _publisher.Publish(new WorktreeSaved(save.Snapshot.Id.ToString(), save.Changed));

    public void Dirty(DateTimeOffset seen) => _publisher.Publish(new WorktreeDirty(seen));

    public ValueTask DisposeAsync() => _publisher.DisposeAsync();
}
