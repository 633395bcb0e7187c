using System.Collections.Concurrent;
using System.Runtime.InteropServices;
using PvExec.Hosting.Init;
using PvExec.Linux.Files;
using PvExec.Testing;

namespace PvExec.Exec.Tests.Succession;

/// <summary>What pv-init keeps of a service's children: copies of their descriptors, and their exits.</summary>
internal sealed class KeptChildren(FakeInit init) : IDisposable
{
    private readonly ConcurrentDictionary<ulong, Dictionary<string, SafeHandle>> _kept = new();

    /// <summary>Call it on the spawner's thread.</summary>
    public void Keep(Child child, SpawnSpec spec)
    {
        // Descriptors of its own, as SCM_RIGHTS would give them.
        _kept[child.Id] = spec.Kept.ToDictionary(one => one.Name, one => (SafeHandle)Descriptor.Duplicate(one.Handle));
    }

    /// <summary>What the next instance is told of: every child that is not acknowledged; it gets its exits too.</summary>
    public IReadOnlyList<Child> Owned()
    {
        var acknowledged = init.Acknowledged.Select(child => child.Id).ToHashSet();
        var owned = new List<Child>();
        foreach ((Child child, SpawnSpec spec) in init.Spawned.Where(one => !acknowledged.Contains(one.Child.Id)))
        {
            Dictionary<string, SafeHandle> kept = _kept[child.Id].ToDictionary(one => one.Key, one => (SafeHandle)Descriptor.Duplicate(one.Value));
            var again = new Child(child.Id, child.Pid, child.Label, child.Started, spec.State, kept);
            child.Exited.GetAwaiter().OnCompleted(() => again.SetExited(child.Exited.Result));
            if (child.Exited.IsCompleted)
            {
                again.SetExited(child.Exited.Result);
            }

            owned.Add(again);
        }

        return owned;
    }

    public void Dispose()
    {
        foreach (SafeHandle handle in _kept.Values.SelectMany(one => one.Values))
        {
            handle.Dispose();
        }
    }
}
