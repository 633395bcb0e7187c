using System.Runtime.InteropServices;
using static PvExec.Linux.Sockets.SocketCalls;

namespace PvExec.Linux.Sockets;

/// <summary>sendmsg(2) and recvmsg(2) with descriptors and credentials, on a socket held as a number. Nothing is allocated.</summary>
internal static unsafe partial class PacketCalls
{
    /// <returns>0, or the errno.</returns>
    public static int Send(int socket, ReadOnlySpan<byte> bytes, ReadOnlySpan<int> descriptors)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThan(descriptors.Length, MaxDescriptors);
        int controlLength = descriptors.IsEmpty ? 0 : sizeof(cmsghdr) + (descriptors.Length * sizeof(int));
        byte* control = stackalloc byte[Align(controlLength)];
        fixed (byte* start = bytes)
        {
            var part = new iovec { iov_base = start, iov_len = (nuint)bytes.Length };
            var message = new msghdr { msg_iov = &part, msg_iovlen = 1 };
            if (controlLength > 0)
            {
                message.msg_control = control;
                message.msg_controllen = (nuint)Align(controlLength);
                *(cmsghdr*)control = new cmsghdr { cmsg_len = (nuint)controlLength, cmsg_level = SOL_SOCKET, cmsg_type = SCM_RIGHTS };
                descriptors.CopyTo(new Span<int>(control + sizeof(cmsghdr), descriptors.Length));
            }

            while (sendmsg(socket, &message, MSG_NOSIGNAL) < 0)
            {
                int errno = Marshal.GetLastPInvokeError();
                if (errno != Errno.EINTR)
                {
                    return errno;
                }
            }

            return 0;
        }
    }

    /// <param name="descriptors">Room for as many as a packet may bring; they are close-on-exec.</param>
    /// <param name="atOnce">EAGAIN in place of waiting, whatever the socket's flags say.</param>
    /// <param name="count">How many it brought.</param>
    public static ReceivedPacket Receive(int socket, Span<byte> buffer, Span<int> descriptors, bool atOnce, out int count)
    {
        count = 0;
        int flags = MSG_CMSG_CLOEXEC | (atOnce ? MSG_DONTWAIT : 0);
        int room = Align(sizeof(cmsghdr) + (MaxDescriptors * sizeof(int))) + Align(sizeof(cmsghdr) + sizeof(ucred));
        byte* control = stackalloc byte[room];
        fixed (byte* start = buffer)
        {
            var part = new iovec { iov_base = start, iov_len = (nuint)buffer.Length };
            var message = new msghdr { msg_iov = &part, msg_iovlen = 1, msg_control = control, msg_controllen = (nuint)room };
            nint length;
            while ((length = recvmsg(socket, &message, flags)) < 0)
            {
                int errno = Marshal.GetLastPInvokeError();
                if (errno != Errno.EINTR)
                {
                    return new ReceivedPacket(0, errno, false, default);
                }
            }

            PeerCredentials sender = ReadControl(control, (int)message.msg_controllen, descriptors, ref count);
            return new ReceivedPacket((int)length, 0, (message.msg_flags & MSG_TRUNC) != 0, sender)
            {
                DescriptorsLost = (message.msg_flags & MSG_CTRUNC) != 0,
            };
        }
    }

    /// <summary>Who connected (SO_PEERCRED); user 2^32 - 1, which is nobody's, when the kernel does not say.</summary>
    public static PeerCredentials Peer(int socket)
    {
        ucred peer;
        uint length = (uint)sizeof(ucred);
        return getsockopt(socket, SOL_SOCKET, SO_PEERCRED, &peer, &length) == 0 ? new PeerCredentials(peer.pid, peer.uid, peer.gid) : new PeerCredentials(0, uint.MaxValue, uint.MaxValue);
    }

    private static PeerCredentials ReadControl(byte* control, int length, Span<int> descriptors, ref int count)
    {
        PeerCredentials sender = default;
        for (int at = 0; at + sizeof(cmsghdr) <= length;)
        {
            var header = (cmsghdr*)(control + at);
            byte* data = control + at + sizeof(cmsghdr);
            int dataLength = (int)header->cmsg_len - sizeof(cmsghdr);
            if (dataLength < 0)
            {
                break;
            }

            if (header->cmsg_level == SOL_SOCKET && header->cmsg_type == SCM_RIGHTS)
            {
                for (int i = 0; i < dataLength / sizeof(int); i++)
                {
                    descriptors[count++] = ((int*)data)[i];
                }
            }
            else if (header->cmsg_level == SOL_SOCKET && header->cmsg_type == SCM_CREDENTIALS)
            {
                var peer = (ucred*)data;
                sender = new PeerCredentials(peer->pid, peer->uid, peer->gid);
            }

            at += Align((int)header->cmsg_len);
        }

        return sender;
    }

    private static int Align(int length) => (length + sizeof(nuint) - 1) & ~(sizeof(nuint) - 1);

    [LibraryImport("libc", SetLastError = true)]
    private static partial nint sendmsg(int sockfd, msghdr* msg, int flags);

    [LibraryImport("libc", SetLastError = true)]
    private static partial nint recvmsg(int sockfd, msghdr* msg, int flags);

    [LibraryImport("libc", SetLastError = true)]
    private static partial int getsockopt(int sockfd, int level, int optname, void* optval, uint* optlen);
}
