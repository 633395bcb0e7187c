using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;
using static PvExec.Linux.Sockets.SocketCalls;

namespace PvExec.Linux.Sockets;

/// <summary>A Unix socket that keeps message boundaries and carries descriptors (unix(7), SCM_RIGHTS).</summary>
public sealed unsafe class PacketSocket : IPacketEnd, IDisposable
{
    private PacketSocket(SafeFileHandle handle) => Handle = handle;

    public SafeFileHandle Handle { get; }

    /// <summary>Whether a receive returns EAGAIN in place of waiting (MSG_DONTWAIT). Sending is as it was.</summary>
    public bool ReceivesAtOnce { get; set; }

    /// <summary>A SEQPACKET connection to a socket file.</summary>
    /// <param name="errno">0, or why there is none: ENOENT or ECONNREFUSED when nobody listens.</param>
    public static PacketSocket? TryConnect(string path, out int errno) => TryConnect(SOCK_SEQPACKET, path, out errno);

    /// <summary>A socket that sends datagrams to a socket file, or to an abstract socket when the path starts with '@'.</summary>
    /// <param name="errno">0, or why there is none.</param>
    public static PacketSocket? TryConnectDatagram(string path, out int errno) => TryConnect(SOCK_DGRAM, path, out errno);

    private static PacketSocket? TryConnect(int type, string path, out int errno)
    {
        PacketSocket socket = Open(type);
        byte* address = stackalloc byte[UnixAddress.Size];
        uint length = UnixAddress.Write(path, new Span<byte>(address, UnixAddress.Size));
        errno = connect(socket.Handle, address, length) == 0 ? 0 : Marshal.GetLastPInvokeError();
        if (errno == 0)
        {
            return socket;
        }

        socket.Dispose();
        return null;
    }

    /// <summary>Listens for SEQPACKET connections on a socket file that does not exist yet; never blocks in <see cref="TryAccept"/>.</summary>
    /// <exception cref="SystemCallException">The file cannot be made.</exception>
    public static PacketSocket Listen(string path, int backlog)
    {
        PacketSocket socket = Open(SOCK_SEQPACKET | SOCK_NONBLOCK);
        socket.Bind(path);
        return listen(socket.Handle, backlog) == 0 ? socket : throw SystemCallException.FromLast($"listen({path}, {backlog})");
    }

    /// <summary>Receives datagrams on a socket file that does not exist yet, each with its sender's credentials; never blocks.</summary>
    /// <exception cref="SystemCallException">The file cannot be made.</exception>
    public static PacketSocket BindDatagram(string path)
    {
        PacketSocket socket = Open(SOCK_DGRAM | SOCK_NONBLOCK);
        int on = 1;
        if (setsockopt(socket.Handle, SOL_SOCKET, SO_PASSCRED, &on, sizeof(int)) != 0)
        {
            throw SystemCallException.FromLast("setsockopt(SO_PASSCRED)");
        }

        socket.Bind(path);
        return socket;
    }

    /// <summary>Two connected SEQPACKET sockets.</summary>
    public static (PacketSocket First, PacketSocket Second) Pair()
    {
        int* ends = stackalloc int[2];
        return socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, ends) == 0
            ? (new(new SafeFileHandle(ends[0], true)), new(new SafeFileHandle(ends[1], true)))
            : throw SystemCallException.FromLast("socketpair(AF_UNIX, SOCK_SEQPACKET)");
    }

    /// <summary>The next waiting connection, which does not block either, or null.</summary>
    /// <param name="errno">0, EAGAIN when nobody waits, or why who waits cannot be taken: EMFILE, ENFILE, ENOMEM.</param>
    public PacketSocket? TryAccept(out int errno)
    {
        int fd = TryAcceptNumber(out errno);
        return fd >= 0 ? new PacketSocket(new SafeFileHandle(fd, true)) : null;
    }

    /// <summary>As <see cref="TryAccept"/>, as a number that the caller closes; -1 for none.</summary>
    public int TryAcceptNumber(out int errno)
    {
        int fd = accept4(Handle, null, null, SOCK_CLOEXEC | SOCK_NONBLOCK);
        errno = fd >= 0 ? 0 : Marshal.GetLastPInvokeError();
        return fd;
    }

    /// <summary>Who connected, as of the connect(2).</summary>
    public PeerCredentials Peer
    {
        get
        {
            ucred peer;
            uint length = (uint)sizeof(ucred);
            return getsockopt(Handle, SOL_SOCKET, SO_PEERCRED, &peer, &length) == 0
                ? new PeerCredentials(peer.pid, peer.uid, peer.gid)
                : throw SystemCallException.FromLast("getsockopt(SO_PEERCRED)");
        }
    }

    /// <summary>Ends the connection; a receive that waits in another thread returns.</summary>
    public void Shutdown() => _ = shutdown(Handle, SHUT_RDWR);

    /// <summary>Sends one packet.</summary>
    /// <param name="descriptors">At most 253; they stay the caller's.</param>
    /// <returns>0, or the errno: EAGAIN when there is no room now, EPIPE when the other end has closed.</returns>
    public int TrySend(ReadOnlySpan<byte> bytes, ReadOnlySpan<SafeHandle> descriptors = default)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThan(descriptors.Length, MaxDescriptors);
        Span<int> numbers = stackalloc int[descriptors.Length];
        int held = 0;
        try
        {
            for (; held < descriptors.Length; held++)
            {
                bool added = false;
                descriptors[held].DangerousAddRef(ref added);
                numbers[held] = (int)descriptors[held].DangerousGetHandle();
            }

            return TrySendNumbers(bytes, numbers);
        }
        finally
        {
            while (held > 0)
            {
                descriptors[--held].DangerousRelease();
            }
        }
    }

    /// <summary>As <see cref="TrySend"/>, for descriptors that the caller holds as numbers.</summary>
    public int TrySendNumbers(ReadOnlySpan<byte> bytes, ReadOnlySpan<int> descriptors)
    {
        bool added = false;
        try
        {
            Handle.DangerousAddRef(ref added);
            return PacketCalls.Send((int)Handle.DangerousGetHandle(), bytes, descriptors);
        }
        finally
        {
            if (added)
            {
                Handle.DangerousRelease();
            }
        }
    }

    /// <summary>Receives one packet; waits for it unless the socket is of the kind that does not block.</summary>
    /// <param name="descriptors">Descriptors that came with it are added; they are the caller's, and close-on-exec.</param>
    public ReceivedPacket Receive(Span<byte> buffer, List<SafeFileHandle> descriptors)
    {
        Span<int> numbers = stackalloc int[MaxDescriptors];
        ReceivedPacket received = Receive(buffer, numbers, out int count);
        foreach (int number in numbers[..count])
        {
            descriptors.Add(new SafeFileHandle(number, true));
        }

        return received;
    }

    /// <summary>As the other, allocating nothing.</summary>
    /// <param name="descriptors">Empty; filled with those that came with the packet.</param>
    public ReceivedPacket Receive(Span<byte> buffer, DescriptorBuffer descriptors)
    {
        ReceivedPacket received = Receive(buffer, descriptors.Room, out int count);
        descriptors.Added(count);
        return received;
    }

    private ReceivedPacket Receive(Span<byte> buffer, Span<int> descriptors, out int count)
    {
        bool added = false;
        try
        {
            Handle.DangerousAddRef(ref added);
            return PacketCalls.Receive((int)Handle.DangerousGetHandle(), buffer, descriptors, ReceivesAtOnce, out count);
        }
        finally
        {
            if (added)
            {
                Handle.DangerousRelease();
            }
        }
    }

    public void Dispose() => Handle.Dispose();

    private static PacketSocket Open(int type)
    {
        int fd = socket(AF_UNIX, type | SOCK_CLOEXEC, 0);
        return fd >= 0 ? new PacketSocket(new SafeFileHandle(fd, true)) : throw SystemCallException.FromLast($"socket(AF_UNIX, {type:x})");
    }

    private void Bind(string path)
    {
        byte* address = stackalloc byte[UnixAddress.Size];
        uint length = UnixAddress.Write(path, new Span<byte>(address, UnixAddress.Size));
        if (bind(Handle, address, length) != 0)
        {
            throw SystemCallException.FromLast($"bind({path})");
        }
    }
}
