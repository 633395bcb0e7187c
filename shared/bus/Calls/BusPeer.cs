namespace PvExec.Bus.Calls;

/// <summary>A client of a <see cref="BusServer"/>, from its first message to the end of its connection.</summary>
public sealed class BusPeer
{
    /// <summary>A caller that gives up does so within moments of the answer, if at all.</summary>
    private const int MostAnswered = 256;

    private readonly CancellationTokenSource _gone = new();

    // Both are the owner thread's. What undoes an answer is kept, not the call with its bytes.
    private readonly Dictionary<ulong, Action> _answered = [];
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

    /// <summary>The bytes of <see cref="Calls"/>. Owner thread only.</summary>
    internal long BytesInFlight { get; set; }

    internal void End() => _gone.Cancel();

    /// <summary>Keeps how an answer that has been sent is taken back. Owner thread only.</summary>
    internal void Remember(ulong correlation, Action undo)
    {
        if (!_answered.ContainsKey(correlation))
        {
            _answeredOrder.Enqueue(correlation);
        }

        _answered[correlation] = undo;

        while (_answeredOrder.Count > MostAnswered)
        {
            _answered.Remove(_answeredOrder.Dequeue());
        }
    }

    /// <summary>How the answer to that call is taken back, if it can be; once. Owner thread only.</summary>
    internal Action? Recall(ulong correlation) => _answered.Remove(correlation, out Action? undo) ? undo : null;
}
