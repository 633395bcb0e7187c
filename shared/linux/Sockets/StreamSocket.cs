using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;
using static PvExec.Linux.Sockets.SocketCalls;

namespace PvExec.Linux.Sockets;

/// <summary>Connected stream sockets for a loop: no call waits (accept4(2), connect(2), recv(2), send(2) with O_NONBLOCK).</summary>
public static unsafe partial class StreamSocket
{
    private const int IPPROTO_TCP = 6, TCP_NODELAY = 1, SHUT_WR = 1;

    /// <returns>Null with <paramref name="errno"/>: EAGAIN when nobody waits, EMFILE, ENFILE, ECONNABORTED and others.</returns>
    public static SafeFileHandle? TryAccept(SafeHandle listener, out int errno)
    {
        int fd = accept4(listener, null, null, SOCK_NONBLOCK | SOCK_CLOEXEC);
        errno = fd >= 0 ? 0 : Marshal.GetLastPInvokeError();
        return fd >= 0 ? new SafeFileHandle(fd, true) : null;
    }

    /// <summary>Connects to the Unix socket of that path. The connection may still have to be accepted; it can be written to all the same.</summary>
    /// <returns>Null with <paramref name="errno"/>: EAGAIN when the backlog is full, ENOENT, ECONNREFUSED, EMFILE and others.</returns>
    /// <exception cref="PathTooLongException">The path has more than 107 bytes.</exception>
    public static SafeFileHandle? TryConnectUnix(string path, out int errno)
    {
        byte* address = stackalloc byte[UnixAddress.Size];
        uint length = UnixAddress.Write(path, new Span<byte>(address, UnixAddress.Size));
        int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
        if (fd < 0)
        {
            errno = Marshal.GetLastPInvokeError();
            return null;
        }

        var handle = new SafeFileHandle(fd, true);
        if (connect(handle, address, length) != 0)
        {
            errno = Marshal.GetLastPInvokeError();
            handle.Dispose();
            return null;
        }

        errno = 0;
        return handle;
    }

    /// <summary>Sends small packets at once (tcp(7)).</summary>
    public static void SetNoDelay(SafeHandle socket)
    {
        // Fails only for a connection that is already broken, which the next call tells.
        int on = 1;
        _ = setsockopt(socket, IPPROTO_TCP, TCP_NODELAY, &on, sizeof(int));
    }

    /// <summary>Sends no more; the other side reads to the end.</summary>
    public static void EndSending(SafeHandle socket) => _ = shutdown(socket, SHUT_WR); // a broken one has ended already

    /// <returns>The number of bytes, 0 at the end, or minus the errno: EAGAIN when there is nothing now.</returns>
    public static int Receive(SafeHandle socket, Span<byte> buffer)
    {
        fixed (byte* start = buffer)
        {
            nint count;
            do
            {
                count = recv(socket, start, (nuint)buffer.Length, MSG_DONTWAIT);
            }
            while (count < 0 && Marshal.GetLastPInvokeError() == Errno.EINTR);

            return count >= 0 ? (int)count : -Marshal.GetLastPInvokeError();
        }
    }

    /// <returns>The number of bytes taken, or minus the errno: EAGAIN when there is no room, EPIPE when the other side has closed.</returns>
    public static int Send(SafeHandle socket, ReadOnlySpan<byte> bytes)
    {
        fixed (byte* start = bytes)
        {
            nint count;
            do
            {
                count = send(socket, start, (nuint)bytes.Length, MSG_DONTWAIT | MSG_NOSIGNAL);
            }
            while (count < 0 && Marshal.GetLastPInvokeError() == Errno.EINTR);

            return count >= 0 ? (int)count : -Marshal.GetLastPInvokeError();
        }
    }

    [LibraryImport("libc", SetLastError = true)]
    private static partial nint recv(SafeHandle sockfd, void* buf, nuint len, int flags);

    [LibraryImport("libc", SetLastError = true)]
    private static partial nint send(SafeHandle sockfd, void* buf, nuint len, int flags);
}
