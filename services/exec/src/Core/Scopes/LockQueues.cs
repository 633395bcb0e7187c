namespace PvExec.Exec.Core.Scopes;

/// <summary>The queues that somebody stands in.</summary>
internal sealed class LockQueues(LockPlaces places, LockSteps steps)
{
    private readonly Dictionary<string, ScopeNode> _nodes = new(StringComparer.Ordinal);
    private readonly Dictionary<string, TaskSlots> _slots = new(StringComparer.Ordinal);

    public int Count => _nodes.Count + _slots.Count;

    public IEnumerable<LockQueue> All => _nodes.Values.Concat<LockQueue>(_slots.Values);

    /// <summary>The queue at a scope; null when nobody stands there.</summary>
    public ScopeNode? Find(string scope) => _nodes.GetValueOrDefault(scope);

    /// <summary>The queue at a scope, given as the beginning of a longer one: a text of its own is only made for one that is new.</summary>
    public ScopeNode Node(string scope, int length)
    {
        if (!_nodes.GetAlternateLookup<ReadOnlySpan<char>>().TryGetValue(scope.AsSpan(0, length), out ScopeNode? node))
        {
            string name = scope[..length];
            _nodes.Add(name, node = new ScopeNode(new LockKey(false, name), places, steps));
        }

        return node;
    }

    /// <summary>The queue of a task, by its directory.</summary>
    public TaskSlots Slots(string directory)
    {
        if (!_slots.TryGetValue(directory, out TaskSlots? slots))
        {
            _slots.Add(directory, slots = new TaskSlots(new LockKey(true, directory), places, steps));
        }

        return slots;
    }

    public void Remove(LockQueue empty)
    {
        if (empty.Key.IsTask)
        {
            _slots.Remove(empty.Key.Name);
        }
        else
        {
            _nodes.Remove(empty.Key.Name);
        }
    }
}
