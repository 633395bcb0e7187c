using PvExec.Kernel;
using PvExec.Linux;
using PvExec.Linux.Sockets;

namespace PvExec.InitClient;

/// <summary>Opens the line to the pv-init of a runtime directory.</summary>
public static class InitLine
{
    /// <summary>A connected socket, or a fault that says whether anything runs there.</summary>
    public static Outcome<PacketSocket> Connect(RuntimePaths paths)
    {
        PacketSocket? socket = PacketSocket.TryConnect(paths.Init, out int errno);
        return errno switch
        {
            0 => socket!,
            Errno.ENOENT or Errno.ECONNREFUSED or Errno.ENOTDIR => new Fault(
                FaultKind.Unavailable,
                $"no daemon runs in '{paths.Root}' ({paths.Init}: {Errno.Describe(errno)}): start 'pv_exec daemon', or name its directory with --runtime-dir"),
            Errno.EACCES or Errno.EPERM => new Fault(
                FaultKind.PermissionDenied,
                $"'{paths.Init}' is another user's: run this as the user that started 'pv_exec daemon'"),
            _ => new Fault(FaultKind.Internal, $"cannot connect to '{paths.Init}': {Errno.Describe(errno)}"),
        };
    }
}
