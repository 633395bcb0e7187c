using System.Collections.Immutable;
using PvExec.Linux.Ports;

namespace PvExec.Processes.Core.Ports;

/// <summary>The ports that a process's tree listens on, in the order in which they were first seen, the lower first on ties.</summary>
/// <param name="Listeners">One for every socket.</param>
public sealed record PortSet(ImmutableArray<ListeningEndpoint> Listeners)
{
    public static readonly PortSet Empty = new([]);

    /// <summary>What it listens on now: those that are still there keep their place, new ones follow.</summary>
    public PortSet With(IReadOnlyCollection<ListeningEndpoint> now)
    {
        var present = now.ToHashSet();
        IEnumerable<ListeningEndpoint> kept = Listeners.Where(present.Contains);
        IEnumerable<ListeningEndpoint> added = now.Except(Listeners).OrderBy(listener => listener.Port).ThenBy(listener => listener.Address.AddressFamily)
            .ThenBy(listener => listener.Inode);
        return new PortSet([.. kept, .. added]);
    }

    /// <summary>The port that stands for the process: kept while it listens on it. 0 when it listens on none.</summary>
    public int Port => Listeners.IsEmpty ? 0 : Listeners[0].Port;

    /// <summary>Whether the process itself listens there, on whatever address.</summary>
    public bool Has(int port) => Listeners.Any(listener => listener.Port == port);

    public bool Same(PortSet other) => Listeners.SequenceEqual(other.Listeners);
}
