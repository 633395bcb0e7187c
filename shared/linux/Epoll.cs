using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace PvExec.Linux;

/// <summary>Waits for input on many descriptors at once, level-triggered (epoll(7)).</summary>
public sealed partial class Epoll : IDisposable
{
    private const int EPOLL_CLOEXEC = 0x80000;
    private const int EPOLL_CTL_ADD = 1;
    private const int EPOLL_CTL_DEL = 2;
    private const uint EPOLLIN = 1;
    private const int EINTR = 4;

    private readonly SafeFileHandle _handle;

    /// <exception cref="IOException">No descriptor is left.</exception>
    public Epoll()
    {
        int descriptor = epoll_create1(EPOLL_CLOEXEC);
        if (descriptor < 0)
        {
            throw Failed("epoll_create1(EPOLL_CLOEXEC)");
        }

        _handle = new SafeFileHandle(descriptor, ownsHandle: true);
    }

    /// <summary>Reports <paramref name="handle"/> as <paramref name="key"/> while it has input or has come to its end.</summary>
    /// <exception cref="IOException">It is no descriptor that can be waited for, is watched already, or no memory is left.</exception>
    public unsafe void Add(SafeHandle handle, ulong key)
    {
        epoll_event interest = new() { events = EPOLLIN, data = key };
        if (epoll_ctl(_handle, EPOLL_CTL_ADD, handle, &interest) < 0)
        {
            throw Failed("epoll_ctl(EPOLL_CTL_ADD)");
        }
    }

    /// <summary>Watches it no longer. Call it before the handle is closed: another process may hold the same open file.</summary>
    /// <exception cref="IOException">It is not watched.</exception>
    public unsafe void Remove(SafeHandle handle)
    {
        epoll_event ignored = default;
        if (epoll_ctl(_handle, EPOLL_CTL_DEL, handle, &ignored) < 0)
        {
            throw Failed("epoll_ctl(EPOLL_CTL_DEL)");
        }
    }

    /// <summary>Blocks until something is ready; fills in its keys.</summary>
    /// <returns>How many; 0 when a signal came first.</returns>
    public unsafe int Wait(Span<ulong> keys)
    {
        int most = Math.Min(keys.Length, 128);
        epoll_event* events = stackalloc epoll_event[most];
        int count = epoll_wait(_handle, events, most, -1);
        if (count < 0)
        {
            return Marshal.GetLastPInvokeError() == EINTR ? 0 : throw Failed("epoll_wait");
        }

        for (int i = 0; i < count; i++)
        {
            keys[i] = events[i].data;
        }

        return count;
    }

    public void Dispose() => _handle.Dispose();

    private static IOException Failed(string call)
    {
        int errno = Marshal.GetLastPInvokeError();
        return new IOException($"{call}: {Marshal.GetPInvokeErrorMessage(errno)} (errno {errno})", errno);
    }

    [LibraryImport("libc", SetLastError = true)]
    private static partial int epoll_create1(int flags);

    [LibraryImport("libc", SetLastError = true)]
    private static unsafe partial int epoll_ctl(SafeHandle epfd, int op, SafeHandle fd, epoll_event* @event);

    [LibraryImport("libc", SetLastError = true)]
    private static unsafe partial int epoll_wait(SafeHandle epfd, epoll_event* events, int maxevents, int timeout);

    // EPOLL_PACKED in sys/epoll.h: packed on x86-64, the only architecture these programs are built for.
    [StructLayout(LayoutKind.Sequential, Pack = 4)]
    private struct epoll_event
    {
        public uint events;
        public ulong data;
    }
}
