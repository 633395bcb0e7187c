using System.Runtime.InteropServices;
using System.Text;
using PvExec.Kernel;
using PvExec.Linux;
using PvExec.Linux.Events;
using PvExec.Linux.Files;
using PvExec.Linux.Sockets;

namespace PvExec.Hosting.Notify;

/// <summary>
/// Descriptors that outlive this instance of the service, kept by whoever started it: pv-init or systemd (FDSTORE=1 and
/// FDSTOREREMOVE=1 of sd_notify(3)). The next instance finds them in <see cref="Succession.Inheritance.Stored"/>.
/// </summary>
/// <param name="notifySocket">NOTIFY_SOCKET; null where nobody keeps anything, and nothing is stored.</param>
public sealed class DescriptorStore(string? notifySocket) : IDescriptorStore
{
    public const int MaxNameLength = 255;

    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(5);

    /// <inheritdoc/>
    public Outcome<Unit> Put(string name, SafeHandle descriptor) =>
        IsName(name)
            ? Send($"FDSTORE=1\nFDNAME={name}", descriptor)
            : new Fault(FaultKind.InvalidArgument, $"'{name}' cannot name a stored descriptor: 1 to {MaxNameLength} printable ASCII characters without ':'");

    /// <inheritdoc/>
    public Outcome<Unit> Remove(string name) => Send($"FDSTOREREMOVE=1\nFDNAME={name}");

    /// <summary>Completes when the keeper has dealt with everything sent before: what was removed is closed (BARRIER=1 of sd_notify(3)).</summary>
    public Task<Outcome<Unit>> SettledAsync() => notifySocket is null ? Task.FromResult<Outcome<Unit>>(Unit.Value) : Task.Run(WaitForBarrier);

    private Outcome<Unit> WaitForBarrier()
    {
        PipePair pipe = PipePair.Open();
        using (pipe.ReadEnd)
        {
            Outcome<Unit> sent;
            using (pipe.WriteEnd)
            {
                sent = Send("BARRIER=1", pipe.WriteEnd);
            }

            if (sent.Fault is not null)
            {
                return sent;
            }

            using var poll = new EventPoll();
            poll.Add(pipe.ReadEnd, 0, PollEvents.None);
            return poll.Wait(stackalloc (long, PollEvents)[1], (int)Patience.TotalMilliseconds) > 0
                ? Unit.Value
                : new Fault(FaultKind.DeadlineExceeded, $"the descriptor store behind '{notifySocket}' has not closed what was removed after {Patience.TotalSeconds} s");
        }
    }

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
