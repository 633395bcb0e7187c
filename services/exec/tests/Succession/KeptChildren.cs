using System.Collections.Concurrent;
using System.Runtime.InteropServices;
using PvExec.Hosting.Init;
using PvExec.Linux.Files;
using PvExec.Testing;

namespace PvExec.Exec.Tests.Succession;

/// <summary>What pv-init keeps of a service's children: copies of their descriptors, and their exits.</summary>
internal sealed class KeptChildren : IDisposable
{
    private readonly FakeInit _init;
    private readonly ConcurrentDictionary<ulong, Dictionary<string, SafeHandle>> _kept = new();

    private KeptChildren(FakeInit init) => _init = init;

    /// <summary>Keeps every child that is started from now on, before whoever else is told of it.</summary>
    public static KeptChildren Of(FakeInit init)
    {
        var kept = new KeptChildren(init);
        Action<Child, SpawnSpec>? told = init.OnSpawn;
        init.OnSpawn = (child, spec) =>
        {
            kept.Keep(child, spec);
            told?.Invoke(child, spec);
        };
        return kept;
    }

    private void Keep(Child child, SpawnSpec spec)
    {
        // Descriptors of its own, as SCM_RIGHTS would give them.
        _kept[child.Id] = spec.Kept.ToDictionary(one => one.Name, one => (SafeHandle)Descriptor.Duplicate(one.Handle));
    }

    /// <summary>What the next instance is told of: every child that is not acknowledged; it gets its exits too.</summary>
    public IReadOnlyList<Child> Owned()
    {
        var acknowledged = _init.Acknowledged.Select(child => child.Id).ToHashSet();
        var owned = new List<Child>();
        foreach ((Child child, SpawnSpec spec) in _init.Spawned.Where(one => !acknowledged.Contains(one.Child.Id)))
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
