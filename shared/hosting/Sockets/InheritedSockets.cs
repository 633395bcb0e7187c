using System.Net.Sockets;
using PvExec.Kernel;

namespace PvExec.Hosting.Sockets;

/// <summary>
/// The listening sockets that pv-init, or systemd, opened and passed: descriptors from 3 on, named by LISTEN_FDNAMES
/// (sd_listen_fds_with_names(3)).
/// </summary>
public static class InheritedSockets
{
    /// <summary>SD_LISTEN_FDS_START of sd_listen_fds(3).</summary>
    public const int First = 3;

    /// <summary>The descriptor on which calls come: a service's <c>grpc</c>, or <c>front</c>.</summary>
    /// <exception cref="FaultException">No such socket was passed.</exception>
    public static int Main => FindMain(Environment.GetEnvironmentVariable("LISTEN_FDNAMES")).Value;

    /// <summary>The socket of that name; the caller owns it.</summary>
    /// <exception cref="FaultException">No such socket was passed.</exception>
    public static SafeSocketHandle Take(string name) =>
        new(Find(Environment.GetEnvironmentVariable("LISTEN_FDNAMES"), name).Value, ownsHandle: true);

    /// <summary>systemd passes the sockets of several units in no order that one could rely on.</summary>
    internal static Outcome<int> FindMain(string? names) => Find(names, "grpc") is { Fault: null } found ? found : Find(names, "front");

    /// <summary>The descriptor's number.</summary>
    /// <param name="names">What LISTEN_FDNAMES holds, null when it is not set.</param>
    internal static Outcome<int> Find(string? names, string name)
    {
        int index = Array.IndexOf((names ?? "").Split(':'), name);
        return index >= 0
            ? First + index
            : new Fault(
                FaultKind.Internal,
                $"no listening socket named '{name}' was passed (LISTEN_FDNAMES is '{names}'): start this program through pv-init");
    }
}
