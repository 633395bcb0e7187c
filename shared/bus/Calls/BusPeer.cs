namespace PvExec.Bus.Calls;

/// <summary>A client of a <see cref="BusServer"/>, from its first message to the end of its connection.</summary>
public sealed class BusPeer
{
    private readonly CancellationTokenSource _gone = new();

    internal BusPeer(byte[] identity)
    {
        Identity = identity;
        Name = Convert.ToHexString(identity);
    }

    /// <summary>For logs and as a key; not used again for another peer while this one is connected.</summary>
    public string Name { get; }

    /// <summary>Cancelled when the connection has ended: what belongs to the peer ends with it.</summary>
    public CancellationToken Gone => _gone.Token;

    internal byte[] Identity { get; }

    /// <summary>The calls of this peer that are worked on, by correlation id. Owner thread only.</summary>
    internal Dictionary<ulong, CancellationTokenSource> Calls { get; } = [];

    internal void End() => _gone.Cancel();
}
