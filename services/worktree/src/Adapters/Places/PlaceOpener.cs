using System.Text;
using PvExec.Hosting.Notify;
using PvExec.Kernel;
using PvExec.Kernel.Configuration;
using PvExec.Linux.Trees;
using PvExec.Worktrees.Adapters.Tree;
using PvExec.Worktrees.Core.Places;

namespace PvExec.Worktrees.Adapters.Places;

/// <summary>Fills an empty directory with the tree to start from.</summary>
public delegate Task<Outcome<Unit>> TreeFiller(FileDescriptor root, CancellationToken cancellationToken);

/// <summary>
/// Makes the mount point hold the tree. In memory mode the tmpfs is filled beside and then shown at the mount point in one
/// step, so what is seen there is never half; in directory mode a marker says while it is half. The root directory is
/// locked with flock(2) as long as its service lives, so that two daemons cannot work on one tree.
/// </summary>
/// <param name="stateDirectory">This service's own.</param>
/// <param name="kept">Roots that earlier instances of this service have locked.</param>
/// <param name="progress">Told of each step of what may be long.</param>
public sealed class PlaceOpener(WorktreeOptions options, string stateDirectory, KeptRoots kept, StartProgress progress)
{
    private readonly MarkerFile _markers = new(stateDirectory);

    private byte[] Staging => Encoding.UTF8.GetBytes(Path.Combine(stateDirectory, "loading"));

    /// <summary>What stands at the mount point, which is made when there is nothing, and the worktree it holds.</summary>
    /// <exception cref="IOException">A call failed.</exception>
    public (PlaceState State, string Holds, Marker? Marker) Inspect()
    {
        byte[] path = Encoding.UTF8.GetBytes(options.MountPoint);
        if (Statx.TryPath(path, true, out FileStat stat) != 0)
        {
            Directory.CreateDirectory(options.MountPoint);
        }
        else if (stat.Type != FileType.Directory)
        {
            return (PlaceState.NotADirectory, "", null);
        }

        using FileDescriptor root = OpenRoot();
        if (MemoryPlace.WorktreeOf(MountInfo.At(RealPath(root))) is { } mounted)
        {
            return (mounted == options.Worktree ? PlaceState.OwnMemory : PlaceState.OtherMemory, mounted, null);
        }

        if (_markers.Read(root) is { } marker)
        {
            PlaceState marked = marker.Loading ? PlaceState.Loading : marker.Worktree == options.Worktree ? PlaceState.OwnDirectory : PlaceState.OtherDirectory;
            return (marked, marker.Worktree, marker);
        }

        return (DirectoryEntries.Read(root).Count == 0 ? PlaceState.Empty : PlaceState.Foreign, "", null);
    }

    /// <summary>Carries out what <see cref="PlaceRule"/> decided, anything but a refusal.</summary>
    /// <exception cref="IOException">A call failed.</exception>
    public async Task<Outcome<TreePlace>> OpenAsync(PlaceAction action, TreeFiller fill, CancellationToken cancellationToken)
    {
        switch (action)
        {
            case PlaceAction.ResumeMemory:
                return LockRoot().Then<TreePlace>(root => new MemoryPlace(root, RealPath(root), resumed: true));
            case PlaceAction.ResumeDirectory:
                return LockRoot().Then<TreePlace>(root => new DirectoryPlace(root, options.Worktree, _markers, resumed: true));
            case PlaceAction.ClearAndLoad:
                if (!LockRoot().TryGet(out FileDescriptor? root, out Fault? used))
                {
                    return used;
                }

                using (root)
                {
                    TreeRemoval.Empty(root, progress);
                    _markers.Remove(root);
                }

                break;
            case PlaceAction.Load:
                break;
            case PlaceAction.Refuse:
            default:
                throw new ArgumentOutOfRangeException(nameof(action), action, null);
        }

        if (options.Mode == WorktreeMode.Directory)
        {
            return await FillDirectoryAsync(fill, cancellationToken);
        }

        int errno = MountStaging();
        return errno switch
        {
            0 => await FillMemoryAsync(fill, cancellationToken),
            _ when options.Mode == WorktreeMode.Auto => await FillDirectoryAsync(fill, cancellationToken),
            _ => new Fault(FaultKind.PermissionDenied, $"{options.Given(DaemonFlags.WorktreeMode)} memory: a tmpfs cannot be mounted ({new FileCallException("mount", errno).Message}): run with CAP_SYS_ADMIN, or with {options.Given(DaemonFlags.WorktreeMode)} directory"),
        };
    }

    private int MountStaging()
    {
        Directory.CreateDirectory(Encoding.UTF8.GetString(Staging));
        // Of a load that was killed.
        while (MountInfo.At(Staging) is not null && Mounting.TryUnmount(Staging, lazily: true) == 0)
        {
        }

        return Mounting.TryTmpfs(MemoryPlace.Source(options.Worktree), Staging, "mode=0755");
    }

    private async Task<Outcome<TreePlace>> FillMemoryAsync(TreeFiller fill, CancellationToken cancellationToken)
    {
        // Of the directory below the mount, until the tree's own root is locked: another daemon may be starting too.
        if (!LockRoot().TryGet(out FileDescriptor? below, out Fault? used))
        {
            return used;
        }

        try
        {
            using (FileDescriptor staged = Opening.Path(Staging, OpenFlags.Directory))
            {
                Outcome<Unit> filled = await fill(staged, cancellationToken);
                if (!filled.Succeeded(out Fault? fault))
                {
                    return fault;
                }
            }

            byte[] mountPoint = RealPath(below);
            Mounting.Bind(Staging, mountPoint);
            return LockRoot().Then<TreePlace>(root => new MemoryPlace(root, mountPoint, resumed: false));
        }
        finally
        {
            below.Dispose();
            Mounting.TryUnmount(Staging, lazily: true);
        }
    }

    private async Task<Outcome<TreePlace>> FillDirectoryAsync(TreeFiller fill, CancellationToken cancellationToken)
    {
        if (!LockRoot().TryGet(out FileDescriptor? root, out Fault? used))
        {
            return used;
        }

        var place = new DirectoryPlace(root, options.Worktree, _markers, resumed: false);
        bool done = false;
        try
        {
            _markers.Write(root, new Marker(options.Worktree, true, null));
            Outcome<Unit> filled = await fill(root, cancellationToken);
            if (!filled.Succeeded(out Fault? fault))
            {
                return fault;
            }

            _markers.Write(root, new Marker(options.Worktree, false, null));
            done = true;
            return place;
        }
        finally
        {
            if (!done)
            {
                using (root)
                using (FileDescriptor names = OpenRoot())
                {
                    TreeRemoval.Empty(names, progress);
                    _markers.Remove(root);
                }
            }
        }
    }

    private Outcome<FileDescriptor> LockRoot()
    {
        FileDescriptor root = OpenRoot();
        if (kept.Take(root) is { } locked)
        {
            root.Dispose();
            return locked;
        }

        if (AdvisoryLock.TryTake(root))
        {
            return root;
        }

        root.Dispose();
        return new Fault(FaultKind.Unavailable, $"{options.Given(DaemonFlags.MountPoint)} {options.MountPoint} is in use by another daemon: stop that one, or give another {options.Given(DaemonFlags.MountPoint)}");
    }

    private FileDescriptor OpenRoot() => Opening.Path(Encoding.UTF8.GetBytes(options.MountPoint), OpenFlags.Directory);

    private static byte[] RealPath(FileDescriptor directory)
    {
        using FileDescriptor fds = Opening.Path("/proc/self/fd"u8, OpenFlags.Directory);
        int errno = Names.TryReadLink(fds, Encoding.ASCII.GetBytes(directory.Number.ToString(System.Globalization.CultureInfo.InvariantCulture)), out byte[] path);
        return errno == 0 ? path : throw new FileCallException($"readlink(/proc/self/fd/{directory.Number})", errno);
    }
}
