using System.Net.Sockets;
using PvExec.Kernel;

namespace PvExec.Hosting.Sockets;

/// <summary>
/// The listening sockets that pv-init, or systemd, opened and passed: descriptors from 3 on, named by LISTEN_FDNAMES
/// (sd_listen_fds_with_names(3)).
/// </summary>
public static class InheritedSockets
{
    /// <summary>The descriptor that Kestrel serves.</summary>
    public const int Main = 3;

    /// <summary>The socket of that name; the caller owns it.</summary>
    /// <exception cref="FaultException">No such socket was passed.</exception>
    public static SafeSocketHandle Take(string name)
    {
        string[] names = (Environment.GetEnvironmentVariable("LISTEN_FDNAMES") ?? "").Split(':');
        int index = Array.IndexOf(names, name);
        return index >= 0
            ? new SafeSocketHandle(Main + index, ownsHandle: true)
            : throw new FaultException(new Fault(
                FaultKind.Internal,
                $"no listening socket named '{name}' was passed (LISTEN_FDNAMES is '{string.Join(':', names)}'): start this program through pv-init"));
    }
}
