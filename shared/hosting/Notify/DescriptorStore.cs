using System.Runtime.InteropServices;
using System.Text;
using PvExec.Kernel;
using PvExec.Linux;
using PvExec.Linux.Sockets;

namespace PvExec.Hosting.Notify;

/// <summary>
/// Descriptors that outlive this instance of the service, kept by whoever started it: pv-init or systemd (FDSTORE=1 and
/// FDSTOREREMOVE=1 of sd_notify(3)). The next instance finds them in <see cref="Succession.Inheritance.Stored"/>.
/// </summary>
/// <param name="notifySocket">NOTIFY_SOCKET; null where nobody keeps anything, and nothing is stored.</param>
public sealed class DescriptorStore(string? notifySocket)
{
    public const int MaxNameLength = 255;

    /// <summary>Stores a copy. Several descriptors may have one name.</summary>
    /// <param name="name">1 to 255 ASCII characters, no control characters, no ':'.</param>
    public Outcome<Unit> Put(string name, SafeHandle descriptor) =>
        IsName(name)
            ? Send($"FDSTORE=1\nFDNAME={name}", descriptor)
            : new Fault(FaultKind.InvalidArgument, $"'{name}' cannot name a stored descriptor: 1 to {MaxNameLength} printable ASCII characters without ':'");

    /// <summary>Removes all descriptors of that name; none is no fault.</summary>
    public Outcome<Unit> Remove(string name) => Send($"FDSTOREREMOVE=1\nFDNAME={name}");

    private static bool IsName(string name) => name.Length is > 0 and <= MaxNameLength && name.All(c => c is > ' ' and < '\x7f' and not ':');

    private Outcome<Unit> Send(string text, params ReadOnlySpan<SafeHandle> descriptors)
    {
        if (notifySocket is null)
        {
            return Unit.Value;
        }

        using PacketSocket? socket = PacketSocket.TryConnectDatagram(notifySocket, out int errno);
        errno = socket?.TrySend(Encoding.UTF8.GetBytes(text), descriptors) ?? errno;
        return errno == 0
            ? Unit.Value
            : new Fault(FaultKind.Unavailable, $"the descriptor store behind '{notifySocket}' takes nothing: {Errno.Describe(errno)}");
    }
}
