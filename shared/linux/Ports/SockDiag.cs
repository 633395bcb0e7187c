using System.Buffers.Binary;
using System.Net;
using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace PvExec.Linux.Ports;

/// <summary>
/// The listening TCP sockets of this network namespace, asked of the kernel over netlink (sock_diag(7)). One dump of both
/// families costs some tens of microseconds and needs no privilege. Not thread-safe.
/// </summary>
public sealed partial class SockDiag : IDisposable
{
    private const int AF_NETLINK = 16;
    private const int SOCK_RAW = 3;
    private const int SOCK_CLOEXEC = 0x80000;
    private const int NETLINK_SOCK_DIAG = 4;
    private const int AF_INET = 2;
    private const int AF_INET6 = 10;
    private const int IPPROTO_TCP = 6;
    private const int TCP_LISTEN = 10;
    private const ushort SOCK_DIAG_BY_FAMILY = 20;
    private const ushort NLM_F_REQUEST_DUMP = 0x301;
    private const ushort NLM_F_DUMP_INTR = 0x10;
    private const ushort NLMSG_ERROR = 2;
    private const ushort NLMSG_DONE = 3;
    private const int EINTR = 4;

    // struct nlmsghdr, then struct inet_diag_req_v2 (request) or struct inet_diag_msg (answer), see linux/inet_diag.h.
    private const int HeaderBytes = 16;
    private const int RequestBytes = HeaderBytes + 56;
    private const int AnswerBytes = HeaderBytes + 72;
    private const int PortOffset = HeaderBytes + 4;
    private const int AddressOffset = HeaderBytes + 8;
    private const int InodeOffset = HeaderBytes + 68;

    // The kernel fills at most 32 KiB in one answer of a dump.
    private readonly byte[] _buffer = new byte[32 * 1024];
    private readonly SafeFileHandle _socket;
    private uint _sequence;

    private SockDiag(SafeFileHandle socket) => _socket = socket;

    /// <summary>Opens a socket to the kernel.</summary>
    /// <returns>Null when netlink is not allowed here; <paramref name="errno"/> says why.</returns>
    public static SockDiag? TryOpen(out int errno)
    {
        int descriptor = socket(AF_NETLINK, SOCK_RAW | SOCK_CLOEXEC, NETLINK_SOCK_DIAG);
        errno = descriptor < 0 ? Marshal.GetLastPInvokeError() : 0;
        return descriptor < 0 ? null : new SockDiag(new SafeFileHandle(descriptor, ownsHandle: true));
    }

    /// <summary>Adds every listening TCP socket, IPv4 and IPv6.</summary>
    /// <returns>0, or the errno with which the kernel refused (ENOENT: built without inet_diag; EPERM, EACCES: a filter).</returns>
    public int TryList(List<ListeningEndpoint> into)
    {
        int refused = Dump(AF_INET, into);
        if (refused != 0)
        {
            return refused;
        }

        // A kernel without IPv6 refuses its family alone.
        Dump(AF_INET6, into);
        return 0;
    }

    public void Dispose() => _socket.Dispose();

    private int Dump(byte family, List<ListeningEndpoint> into)
    {
        int start = into.Count;
        while (true)
        {
            into.RemoveRange(start, into.Count - start);
            int refused = Ask(family);
            bool interrupted = false;
            bool done = refused != 0;
            while (!done)
            {
                refused = Receive(out int received);
                done = refused != 0 || ReadAnswers(_buffer.AsSpan(0, received), into, ref interrupted, out refused);
            }

            // The table changed under the dump, which then may lack entries: ask again.
            if (refused != 0 || !interrupted)
            {
                return refused;
            }
        }
    }

    private unsafe int Ask(byte family)
    {
        Span<byte> request = stackalloc byte[RequestBytes];
        request.Clear();
        _sequence++;
        MemoryMarshal.Write(request, RequestBytes);
        MemoryMarshal.Write(request[4..], SOCK_DIAG_BY_FAMILY);
        MemoryMarshal.Write(request[6..], NLM_F_REQUEST_DUMP);
        MemoryMarshal.Write(request[8..], _sequence);
        request[HeaderBytes] = family;
        request[HeaderBytes + 1] = IPPROTO_TCP;
        MemoryMarshal.Write(request[(HeaderBytes + 4)..], 1u << TCP_LISTEN);
        fixed (byte* start = request)
        {
            return send(_socket, start, RequestBytes, 0) < 0 ? Marshal.GetLastPInvokeError() : 0;
        }
    }

    private unsafe int Receive(out int received)
    {
        fixed (byte* start = _buffer)
        {
            while (true)
            {
                received = (int)recv(_socket, start, _buffer.Length, 0);
                if (received >= 0)
                {
                    return 0;
                }

                int errno = Marshal.GetLastPInvokeError();
                if (errno != EINTR)
                {
                    return errno;
                }
            }
        }
    }

    /// <returns>Whether the dump is at its end.</returns>
    private bool ReadAnswers(ReadOnlySpan<byte> answers, List<ListeningEndpoint> into, ref bool interrupted, out int refused)
    {
        refused = 0;
        while (answers.Length >= HeaderBytes)
        {
            int length = MemoryMarshal.Read<int>(answers);
            ushort type = MemoryMarshal.Read<ushort>(answers[4..]);
            interrupted |= (MemoryMarshal.Read<ushort>(answers[6..]) & NLM_F_DUMP_INTR) != 0;
            bool ours = MemoryMarshal.Read<uint>(answers[8..]) == _sequence;
            if (ours && type == NLMSG_DONE)
            {
                return true;
            }

            if (ours && type == NLMSG_ERROR)
            {
                refused = -MemoryMarshal.Read<int>(answers[HeaderBytes..]);
                return true;
            }

            if (ours && type == SOCK_DIAG_BY_FAMILY && length >= AnswerBytes)
            {
                into.Add(Read(answers));
            }

            // Messages are aligned to four bytes.
            int step = (length + 3) & ~3;
            if (step < HeaderBytes || step > answers.Length)
            {
                break;
            }

            answers = answers[step..];
        }

        return false;
    }

    private static ListeningEndpoint Read(ReadOnlySpan<byte> answer) => new(
        new IPAddress(answer.Slice(AddressOffset, answer[HeaderBytes] == AF_INET ? 4 : 16)),
        BinaryPrimitives.ReadUInt16BigEndian(answer[PortOffset..]),
        MemoryMarshal.Read<uint>(answer[InodeOffset..]));

    [LibraryImport("libc", SetLastError = true)]
    private static partial int socket(int domain, int type, int protocol);

    [LibraryImport("libc", SetLastError = true)]
    private static unsafe partial nint send(SafeHandle sockfd, void* buf, nint len, int flags);

    [LibraryImport("libc", SetLastError = true)]
    private static unsafe partial nint recv(SafeHandle sockfd, void* buf, nint len, int flags);
}
