using PvExec.Linux.Sockets;

namespace PvExec.Init.Supervision;

/// <summary>
/// The descriptors that a service has left in its supervisor's care (FDSTORE=1 of sd_notify(3)). Unlike systemd's, one
/// whose other end has closed stays until it is removed: a pipe may still hold what nobody has read. Records are used again: once as
/// many as are stored at a time have been made, nothing is allocated.
/// </summary>
/// <param name="room">How many it holds at most.</param>
internal sealed class DescriptorStore(int room)
{
    public const int MaxCount = 4096;

    private readonly List<StoredDescriptor> _all = [];
    private readonly Stack<StoredDescriptor> _free = [];
    private long _lastNumber;

    /// <summary>Oldest first.</summary>
    public IReadOnlyList<StoredDescriptor> All => _all;

    /// <param name="name">Of <see cref="Core.StoreName"/>.</param>
    /// <returns>False when it is full; the descriptor stays the caller's.</returns>
    public bool TryAdd(ReadOnlySpan<byte> name, int descriptor)
    {
        if (_all.Count >= room)
        {
            return false;
        }

        StoredDescriptor stored = _free.TryPop(out StoredDescriptor? free) ? free : new StoredDescriptor();
        stored.Begin(++_lastNumber, name, descriptor);
        _all.Add(stored);
        return true;
    }

    /// <summary>Closes those of that name.</summary>
    public void Remove(ReadOnlySpan<byte> name)
    {
        int kept = 0;
        for (int i = 0; i < _all.Count; i++)
        {
            StoredDescriptor stored = _all[i];
            if (stored.NameBytes.SequenceEqual(name))
            {
                DescriptorBuffer.Close(stored.Descriptor);
                _free.Push(stored);
            }
            else
            {
                _all[kept++] = stored;
            }
        }

        _all.RemoveRange(kept, _all.Count - kept);
    }
}
