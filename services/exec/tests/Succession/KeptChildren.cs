using System.Collections.Concurrent;
using System.Runtime.InteropServices;
using PvExec.Exec.Adapters;
using PvExec.Hosting.Init;
using PvExec.Testing;

namespace PvExec.Exec.Tests.Succession;

/// <summary>What pv-init keeps of a service's children: copies of their descriptors, and their exits.</summary>
internal sealed class KeptChildren(FakeInit init) : IDisposable
{
    private readonly ConcurrentDictionary<ulong, Dictionary<string, string>> _kept = new();
    private readonly ConcurrentBag<SafeHandle> _handles = [];

    /// <summary>Call it on the spawner's thread.</summary>
    public void Keep(Child child, SpawnSpec spec)
    {
        var paths = new Dictionary<string, string>();
        foreach (KeptDescriptor kept in spec.Kept)
        {
            // A descriptor of its own, as SCM_RIGHTS would give one.
            SafeHandle copy = Copy($"/proc/self/fd/{kept.Handle.DangerousGetHandle()}", kept.Name);
            _handles.Add(copy);
            paths[kept.Name] = $"/proc/self/fd/{copy.DangerousGetHandle()}";
        }

        _kept[child.Id] = paths;
    }

    /// <summary>What the next instance is told of: every child that is not acknowledged; it gets its exits too.</summary>
    public IReadOnlyList<Child> Owned()
    {
        var acknowledged = init.Acknowledged.Select(child => child.Id).ToHashSet();
        var owned = new List<Child>();
        foreach ((Child child, SpawnSpec spec) in init.Spawned.Where(one => !acknowledged.Contains(one.Child.Id)))
        {
            Dictionary<string, SafeHandle> kept = _kept[child.Id].ToDictionary(one => one.Key, one => Copy(one.Value, one.Key));
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
        foreach (SafeHandle handle in _handles)
        {
            handle.Dispose();
        }
    }

    private static SafeHandle Copy(string path, string name) => File.OpenHandle(
        path, FileMode.Open, name.EndsWith("-store", StringComparison.Ordinal) || name == RunFiles.Journal ? FileAccess.ReadWrite : FileAccess.Read, FileShare.ReadWrite);
}
