using System.Buffers.Binary;
using System.Net;
using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;
using static PvExec.Linux.Sockets.SocketCalls;

namespace PvExec.Linux.Sockets;

/// <summary>Opens stream sockets that listen, for a child to accept from.</summary>
public static unsafe class ListeningSocket
{
    /// <summary>A Unix stream socket on a file that does not exist yet.</summary>
    /// <exception cref="SystemCallException">The file cannot be made.</exception>
    public static SafeFileHandle Unix(string path, int backlog)
    {
        SafeFileHandle handle = Open(AF_UNIX);
        byte* address = stackalloc byte[UnixAddress.Size];
        uint length = UnixAddress.Write(path, new Span<byte>(address, UnixAddress.Size));
        if (bind(handle, address, length) != 0 || listen(handle, backlog) != 0)
        {
            throw SystemCallException.FromLast($"bind({path})");
        }

        return handle;
    }

    /// <summary>A TCP socket, with SO_REUSEADDR; <c>::</c> takes IPv4 too.</summary>
    /// <param name="port">0 takes a free one.</param>
    /// <param name="errno">0, or why there is none: EADDRINUSE, EADDRNOTAVAIL, EACCES.</param>
    /// <param name="boundPort">The port that it has.</param>
    public static SafeFileHandle? TryTcp(IPAddress host, int port, int backlog, out int boundPort, out int errno)
    {
        // sockaddr_in and sockaddr_in6 (ip(7), ipv6(7)).
        bool six = host.AddressFamily == System.Net.Sockets.AddressFamily.InterNetworkV6;
        byte* address = stackalloc byte[28];
        var bytes = new Span<byte>(address, 28);
        bytes.Clear();
        MemoryMarshal.Write(bytes, (ushort)(six ? AF_INET6 : AF_INET));
        BinaryPrimitives.WriteUInt16BigEndian(bytes[2..], (ushort)port);
        host.TryWriteBytes(bytes[(six ? 8 : 4)..], out _);
        if (six)
        {
            MemoryMarshal.Write(bytes[24..], (uint)host.ScopeId);
        }

        uint length = six ? 28u : 16u;
        SafeFileHandle handle = Open(six ? AF_INET6 : AF_INET);
        int on = 1, off = 0;
        _ = setsockopt(handle, SOL_SOCKET, SO_REUSEADDR, &on, sizeof(int));
        if (six)
        {
            _ = setsockopt(handle, IPPROTO_IPV6, IPV6_V6ONLY, &off, sizeof(int));
        }

        if (bind(handle, address, length) != 0 || listen(handle, backlog) != 0 || getsockname(handle, address, &length) != 0)
        {
            errno = Marshal.GetLastPInvokeError();
            boundPort = 0;
            handle.Dispose();
            return null;
        }

        errno = 0;
        boundPort = BinaryPrimitives.ReadUInt16BigEndian(bytes[2..]);
        return handle;
    }

    /// <summary>Another descriptor of the same socket, left open in a program that this one becomes (dup(2)), as an inherited one is.</summary>
    public static SafeFileHandle Duplicate(SafeHandle socket)
    {
        int fd = dup(socket);
        return fd >= 0 ? new SafeFileHandle(fd, true) : throw SystemCallException.FromLast("dup");
    }

    private static SafeFileHandle Open(int family)
    {
        int fd = socket(family, SOCK_STREAM | SOCK_CLOEXEC, 0);
        return fd >= 0 ? new SafeFileHandle(fd, true) : throw SystemCallException.FromLast($"socket({family}, SOCK_STREAM)");
    }
}
