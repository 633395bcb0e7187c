using PvExec.Kernel;

namespace PvExec.Hosting.Init;

/// <summary>A service's line to pv-init, the parent of every process.</summary>
public interface IInit
{
    /// <summary>
    /// The children this service owned when it connected: still running, or ended and not acknowledged.
    /// A service adopts them before it does anything else.
    /// </summary>
    IReadOnlyList<Child> Owned { get; }

    /// <summary>Completes when the whole system is to stop, with the time left; a plain restart of the service does not complete it.</summary>
    Task<TimeSpan> StopRequested { get; }

    /// <summary>Starts a process. A failed exec is a fault that names the stage (<c>chdir</c>, <c>exec</c>, …) and the errno.</summary>
    ValueTask<Outcome<Child>> SpawnAsync(SpawnSpec spec, CancellationToken cancellationToken);

    /// <summary>Sends a signal, never to a reused pid. A child that has ended is no fault: nothing happens. Signal 0 to the tree sends nothing, and is the fault NotFound when nobody of it is left.</summary>
    ValueTask<Outcome<Unit>> SignalAsync(Child child, int signal, SignalScope scope, CancellationToken cancellationToken);

    /// <summary>pv-init may forget the child, its exit and its kept descriptors. Call it once, when the exit is dealt with.</summary>
    ValueTask AcknowledgeAsync(Child child, CancellationToken cancellationToken);

    /// <summary>As <see cref="AcknowledgeAsync"/>, but with the next start, or soon if there is none: pv-init is not woken for it alone. Until then a daemon that is killed finds the child again.</summary>
    void AcknowledgeLater(Child child);
}
