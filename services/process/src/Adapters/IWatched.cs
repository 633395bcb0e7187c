using PvExec.Linux.Ports;

namespace PvExec.Processes.Adapters;

/// <summary>A living process whose ports are watched.</summary>
internal interface IWatched
{
    int LeaderPid { get; }

    /// <summary>The time until it wants to know again; null: it does not.</summary>
    TimeSpan? NextLook { get; }

    /// <summary>The inodes of listening sockets that are its tree's, from whoever watched it before.</summary>
    IReadOnlyList<ulong> KnownSockets { get; }

    /// <summary>What its tree listens on now. Called on every look, whether or not something has changed.</summary>
    void Listens(IReadOnlyList<ListeningEndpoint> listeners);
}
