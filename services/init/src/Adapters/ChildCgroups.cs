using System.Globalization;
using System.Text;
using PvExec.Linux.Cgroups;
using PvExec.Linux.Sockets;

namespace PvExec.Init.Adapters;

/// <summary>
/// A control group (cgroups(7), version 2) for every child, where pv-init may make them: <c>OWN/pv-init-PID-TICKS/run-N</c>,
/// OWN being the one that pv-init was started in. One in which a child ran briefly, and changed nothing, is a later child's. Itself and the services are in <c>init</c> beside them, since a group
/// with members cannot share controllers out. All of it is a bonus: what cannot be done is left, and nothing fails.
/// Touched by the event loop's thread, but for the move at the start.
/// </summary>
internal sealed partial class ChildCgroups
{
    /// <summary>Another pv-init that is just starting may take a new one for abandoned, before it is held.</summary>
    private const int Attempts = 4;

    private readonly string _own;
    private readonly string _path;
    private readonly CgroupDirectory _directory;
    private readonly CgroupHold _hold;

    /// <summary>Null where it cannot be known whether a group is as it was: none is used again then.</summary>
    private readonly CgroupWatch? _watch;

    private readonly byte[] _pathBytes;

    /// <summary>The last part of <see cref="_path"/>.</summary>
    private readonly byte[] _name;

    private volatile bool _hasMemoryEvents;
    private volatile bool _hasSharedOwn;

    private ChildCgroups(string own, string path, CgroupDirectory directory, CgroupHold hold)
    {
        _hold = hold;
        _own = own;
        _path = path;
        _directory = directory;
        _pathBytes = Encoding.UTF8.GetBytes(path);
        _name = Encoding.UTF8.GetBytes(Path.GetFileName(path));
        Services = directory.Open("init\0"u8);
        _watch = Services >= 0 ? CgroupWatch.TryOpen() : null;
    }

    /// <summary>The descriptor of the services' group.</summary>
    public int Services { get; }

    /// <summary>Null where there is no cgroup2 file system, or it cannot be written.</summary>
    public static ChildCgroups? TryOpen()
    {
        if (CgroupPath.OfThisProcess() is not { } own || CgroupDirectory.TryOpen(Terminated(own)) is not { } parent)
        {
            return null;
        }

        RemoveAbandoned(own);
        for (int attempt = 0; attempt < Attempts; attempt++)
        {
            string name = string.Create(CultureInfo.InvariantCulture, $"pv-init-{Environment.ProcessId}-{Environment.TickCount64:x}-{attempt}");
            if (parent.Make(Terminated(name)) == 0 && TryOpen(own, $"{own}/{name}") is { } cgroups)
            {
                return cgroups;
            }
        }

        return null;
    }

    /// <param name="own">The group that pv-init was started in.</param>
    /// <param name="path">The group in it that all others are to be made in, which is there.</param>
    internal static ChildCgroups? TryOpen(string own, string path)
    {
        if (CgroupHold.TryTake(path) is not { } hold)
        {
            return null;
        }

        if (CgroupDirectory.TryOpen(Terminated(path)) is { } directory && directory.Make("init\0"u8) == 0)
        {
            var cgroups = new ChildCgroups(own, path, directory, hold);
            if (cgroups.Services >= 0)
            {
                return cgroups;
            }
        }

        CgroupTree.Remove(path);
        hold.Dispose();
        return null;
    }

    /// <summary>
    /// Moves this process, and shares the memory controller out, for memory.events. In a thread of its own: the kernel takes
    /// about 10 ms for the first, and nothing waits for it.
    /// </summary>
    /// <returns>That thread.</returns>
    public Thread Settle()
    {
        var settling = new Thread(SettleNow, 256 * 1024) { IsBackground = true, Name = "cgroup" };
        settling.Start();
        return settling;
    }

    /// <summary>Leaves them and removes them, as far as nobody is in them.</summary>
    public void Close()
    {
        // A group that shares controllers out takes no process.
        if (_hasSharedOwn)
        {
            CgroupTree.KeepMemory(_own);
        }

        CgroupTree.Enter(_own);
        DescriptorBuffer.Close(Services);
        _watch?.Dispose();
        CgroupTree.Remove(_path);
        _hold.Dispose();
    }

    private void SettleNow()
    {
        // Each fails for a good reason: others in the group, no such controller, a read-only file system.
        CgroupTree.Enter(_path + "/init");
        _hasSharedOwn = CgroupTree.IsBelowRoot(_own) && CgroupTree.ShareMemory(_own);

        _hasMemoryEvents = CgroupTree.ShareMemory(_path);
    }

    private static byte[] Terminated(string text) => Encoding.UTF8.GetBytes(text + '\0');

    /// <summary>Those of a pv-init that was killed, once nobody is in them any more.</summary>
    private static void RemoveAbandoned(string own)
    {
        foreach (string path in CgroupTree.Below(own))
        {
            if (Path.GetFileName(path).StartsWith("pv-init-", StringComparison.Ordinal) && !CgroupTree.HasProcesses(path))
            {
                using CgroupHold? hold = CgroupHold.TryTake(path);
                if (hold is not null)
                {
                    CgroupTree.Remove(path);
                }
            }
        }
    }
}
