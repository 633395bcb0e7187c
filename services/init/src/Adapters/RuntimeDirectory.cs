using System.Text;
using PvExec.Kernel;
using PvExec.Kernel.Configuration;
using PvExec.Linux;
using PvExec.Linux.Files;
using PvExec.Linux.Trees;

namespace PvExec.Init.Adapters;

/// <summary>The runtime directory, held by this pv-init alone.</summary>
internal sealed class RuntimeDirectory : IDisposable
{
    private const UnixFileMode OwnerOnly = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute;

    private readonly LockFile _lock;

    /// <summary>The services' sockets are somebody else's.</summary>
    private readonly bool _ownSocketOnly;

    private RuntimeDirectory(RuntimePaths paths, LockFile @lock, bool ownSocketOnly)
    {
        Paths = paths;
        _lock = @lock;
        _ownSocketOnly = ownSocketOnly;
    }

    public RuntimePaths Paths { get; }

    /// <summary>Makes the directory private, takes its lock and clears away what a dead daemon left.</summary>
    public static Outcome<RuntimeDirectory> Take(DaemonOptions options)
    {
        RuntimePaths paths = options.Paths;
        string given = options.Given(DaemonFlags.RuntimeDir);
        try
        {
            if (FindOtherOwner(paths) is { } owner)
            {
                return new Fault(
                    FaultKind.PermissionDenied,
                    $"{given} '{paths.Root}' belongs to user {owner} and this is user {EffectiveUser.Id}: start as its owner, or name a directory of this user's, or one that does not exist yet");
            }

            if (!TryMakePrivate(paths))
            {
                return new Fault(
                    FaultKind.Internal,
                    $"{given} '{paths.Root}' holds other things and is open to other users: name an empty directory, or one that does not exist yet");
            }

            LockFile? held = LockFile.TryTake(paths.Lock, out int holder);
            if (held is null)
            {
                return new Fault(
                    FaultKind.Unavailable,
                    $"a daemon with pid {holder} already runs on {given} '{paths.Root}': stop it, or give this one another directory");
            }

            var directory = new RuntimeDirectory(paths, held, ownSocketOnly: options.ExternalServices);
            directory.RemoveSockets();
            File.Delete(paths.MainRun);
            foreach (string inside in Services.All.Select(paths.State).Append(paths.BusDirectory))
            {
                // One that is there keeps its mode.
                Directory.CreateDirectory(inside, OwnerOnly);
                File.SetUnixFileMode(inside, OwnerOnly);
            }

            return directory;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return new Fault(FaultKind.Internal, $"{given} '{paths.Root}' cannot be used: {e.Message}: name a directory that this user may make and own");
        }
    }

    /// <summary>Removes the sockets, so that nobody waits on one that is not served.</summary>
    public void RemoveSockets()
    {
        File.Delete(Paths.Init);
        if (_ownSocketOnly)
        {
            return;
        }

        File.Delete(Paths.Notify);
        foreach (Service service in Services.All)
        {
            File.Delete(Paths.Grpc(service));
            if (Directory.Exists(Paths.BusDirectory))
            {
                File.Delete(Paths.BusRequests(service));
                File.Delete(Paths.BusEvents(service));
            }
        }
    }

    public void Dispose() => _lock.Dispose();

    /// <summary>Whose the directory is, when not ours: the owner of a directory can replace every socket in it. Null when it is ours or is not there.</summary>
    private static uint? FindOtherOwner(RuntimePaths paths)
    {
        int errno = Statx.TryPath(Encoding.UTF8.GetBytes(paths.Root), followSymlinks: true, out FileStat stat);
        return errno == 0 && stat.Uid != EffectiveUser.Id ? stat.Uid : null;
    }

    /// <summary>Closing a directory like /tmp to everybody else would break the machine: only an empty one, or one of ours, is changed.</summary>
    private static bool TryMakePrivate(RuntimePaths paths)
    {
        if (!Directory.Exists(paths.Root))
        {
            Directory.CreateDirectory(paths.Root, OwnerOnly);
            return true;
        }

        if (File.GetUnixFileMode(paths.Root) != OwnerOnly)
        {
            if (Directory.EnumerateFileSystemEntries(paths.Root).Any() && !File.Exists(paths.Lock))
            {
                return false;
            }

            File.SetUnixFileMode(paths.Root, OwnerOnly);
        }

        return true;
    }
}
