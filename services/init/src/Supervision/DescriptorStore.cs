using Microsoft.Win32.SafeHandles;

namespace PvExec.Init.Supervision;

/// <summary>
/// The descriptors that a service has left in its supervisor's care (FDSTORE=1 of sd_notify(3)). Unlike systemd's, one
/// whose other end has closed stays until it is removed: a pipe may still hold what nobody has read.
/// </summary>
/// <param name="room">How many it holds at most.</param>
internal sealed class DescriptorStore(int room)
{
    public const int MaxCount = 4096;

    private readonly List<StoredDescriptor> _all = [];
    private long _lastNumber;

    /// <summary>Oldest first.</summary>
    public IReadOnlyList<StoredDescriptor> All => _all;

    /// <returns>False when it is full; the descriptor stays the caller's.</returns>
    public bool TryAdd(string name, SafeFileHandle handle)
    {
        if (_all.Count >= room)
        {
            return false;
        }

        _all.Add(new StoredDescriptor(++_lastNumber, name, handle));
        return true;
    }

    /// <summary>Closes those of that name.</summary>
    public void Remove(string name) => _all.RemoveAll(stored =>
    {
        bool isMeant = stored.Name == name;
        if (isMeant)
        {
            stored.Handle.Dispose();
        }

        return isMeant;
    });
}
