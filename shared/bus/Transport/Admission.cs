namespace PvExec.Bus.Transport;

/// <summary>Who is connected to a listening socket, and what was told of whom. Thread-safe.</summary>
internal sealed class Admission(UnixTransportOptions options)
{
    /// <summary>How much is remembered of what was told, before all of it is forgotten.</summary>
    private const int MostTold = 1024;

    /// <summary>Guards the fields below.</summary>
    private readonly Lock _lock = new();

    private readonly Dictionary<int, int> _ofProcess = [];
    private readonly HashSet<string> _identities = [];
    private readonly HashSet<(int Pid, uint Uid, string Why)> _told = [];
    private int _connections;

    /// <summary>How many connections are open, those that have yet to greet included.</summary>
    public int Connections
    {
        get
        {
            lock (_lock)
            {
                return _connections;
            }
        }
    }

    /// <summary>How much is remembered of what was told.</summary>
    internal int Told
    {
        get
        {
            lock (_lock)
            {
                return _told.Count;
            }
        }
    }

    /// <summary>Counts a connection of that peer.</summary>
    /// <returns>Null, or why it may not connect; then it is not counted.</returns>
    public string? Enter(PeerCredentials peer)
    {
        if (!options.Allow(peer))
        {
            return "it is not of our user";
        }

        lock (_lock)
        {
            int ofProcess = _ofProcess.GetValueOrDefault(peer.Pid);
            if (_connections >= options.MaxConnections)
            {
                return $"{options.MaxConnections} connections are open";
            }

            if (ofProcess >= options.MaxConnectionsOfProcess)
            {
                return $"{options.MaxConnectionsOfProcess} connections of that process are open";
            }

            _connections++;
            _ofProcess[peer.Pid] = ofProcess + 1;
            return null;
        }
    }

    /// <summary>Whether no other connection has that identity; empty is none. A ROUTER would take a message of the second for its identity.</summary>
    public bool TakeIdentity(byte[] identity)
    {
        lock (_lock)
        {
            return identity.Length == 0 || _identities.Add(Convert.ToHexString(identity));
        }
    }

    /// <summary>A connection that was counted has ended.</summary>
    /// <param name="identity">The one that it took; empty when it took none.</param>
    public void Leave(PeerCredentials peer, byte[] identity)
    {
        lock (_lock)
        {
            _connections--;
            _identities.Remove(Convert.ToHexString(identity));
            if (--_ofProcess[peer.Pid] == 0)
            {
                _ofProcess.Remove(peer.Pid);
            }
        }
    }

    /// <summary>Whether this has not been told of that process yet.</summary>
    public bool IsNews(PeerCredentials peer, string why)
    {
        lock (_lock)
        {
            if (_told.Count >= MostTold)
            {
                _told.Clear();
            }

            return _told.Add((peer.Pid, peer.Uid, why));
        }
    }
}
