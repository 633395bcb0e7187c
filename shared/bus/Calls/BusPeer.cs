namespace PvExec.Bus.Calls;

/// <summary>A client of a <see cref="BusServer"/>, from its first message to the end of its connection.</summary>
public sealed class BusPeer
{
    /// <summary>A caller that gives up does so within moments of the answer, if at all.</summary>
    private const int MostAnswered = 256;

    private readonly CancellationTokenSource _gone = new();

    // Both are the owner thread's.
    private readonly Dictionary<ulong, BusCall> _answered = [];
    private readonly Queue<ulong> _answeredOrder = new();

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
    internal Dictionary<ulong, BusCall> Calls { get; } = [];

    internal void End() => _gone.Cancel();

    /// <summary>Keeps a call whose answer has been sent and can be undone. Owner thread only.</summary>
    internal void Remember(BusCall call)
    {
        if (_answered.TryAdd(call.Request.Correlation, call))
        {
            _answeredOrder.Enqueue(call.Request.Correlation);
        }

        while (_answeredOrder.Count > MostAnswered)
        {
            _answered.Remove(_answeredOrder.Dequeue());
        }
    }

    /// <summary>The call of that id, if it has been answered and can be undone; once. Owner thread only.</summary>
    internal BusCall? Recall(ulong correlation) => _answered.Remove(correlation, out BusCall? call) ? call : null;
}
