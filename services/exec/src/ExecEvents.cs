using Microsoft.Extensions.Logging;
using PvExec.Bus;
using PvExec.Bus.Events;
using PvExec.Bus.Transport;
using PvExec.Exec.Core;
using PvExec.Exec.Core.Runs;
using PvExec.Exec.Core.Scopes;
using PvExec.Hosting.Sockets;
using PvExec.Kernel;
using PvExec.Proto.Bus.Exec;

namespace PvExec.Exec;

/// <summary>Engine to bus: publishes the starts and ends of runs, and who gets a scope and gives it back.</summary>
public sealed class ExecEvents(ILogger<BusPublisher> log) : IExecObserver, IAsyncDisposable
{
    /// <summary>In place of an exit code, as the event says it, when a signal ended the run.</summary>
    private const int NoExitCode = -1;

    private readonly BusPublisher _publisher = new(Service.Exec.Name(), BusLimits.Default, UnixTransportOptions.Default, log);
    private volatile bool _isDisposed;

    /// <summary>Publishes on the socket that pv-init passed.</summary>
    /// <exception cref="FaultException">None was passed.</exception>
    public void Start() => _publisher.Start(InheritedSockets.Take("events"));

    /// <summary>Publishes on a path of its own, in tests.</summary>
    public void Start(string path) => _publisher.Start(path);

    public void Started(Run run) => Publish(new TaskStarted(run.Task, run.Id.Value));

    public void Ended(Run run, ExitStatus status) =>
        Publish(new TaskEnded(run.Task, run.Id.Value, status.Code ?? NoExitCode, status.Signal ?? 0));

    public void Held(ScopeTicket ticket)
    {
        foreach (ScopeClaim claim in ticket.Scopes.Claims)
        {
            Publish(new ScopeHeld(claim.Scope, ticket.Holder, ticket.Reason, claim.Access == ScopeAccess.Write));
        }
    }

    public void Freed(ScopeTicket ticket) => Freed(ticket.Scopes, ticket.Holder);

    public void FreedUnseen(Run run) => Freed(run.Scopes, run.Id.Value);

    public ValueTask DisposeAsync()
    {
        _isDisposed = true;
        return _publisher.DisposeAsync();
    }

    private void Freed(ScopeSet scopes, string holder)
    {
        foreach (ScopeClaim claim in scopes.Claims)
        {
            Publish(new ScopeFreed(claim.Scope, holder));
        }
    }

    /// <summary>After a hand-over the leases that the new instance holds are disposed here too: that is nobody's event.</summary>
    private void Publish<T>(T message)
        where T : PvExec.Proto.Bus.IBusMessage<T>
    {
        if (!_isDisposed)
        {
            _publisher.Publish(message);
        }
    }
}
