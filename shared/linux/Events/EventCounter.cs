using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace PvExec.Linux.Events;

/// <summary>Wakes an <see cref="EventPoll"/> from another thread (eventfd(2)).</summary>
public sealed partial class EventCounter : IDisposable
{
    private const int EFD_CLOEXEC = 0x80000, EFD_NONBLOCK = 0x800;

    public EventCounter()
    {
        int fd = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
        Handle = fd >= 0 ? new SafeFileHandle(fd, true) : throw SystemCallException.FromLast("eventfd()");
    }

    public SafeFileHandle Handle { get; }

    /// <summary>Makes the descriptor readable.</summary>
    public unsafe void Set()
    {
        ulong one = 1;

        // Fails only when 2^64 - 2 sets are pending: readable all the same.
        _ = write(Handle, &one, sizeof(ulong));
    }

    /// <summary>Makes it unreadable until the next <see cref="Set"/>.</summary>
    public unsafe void Reset()
    {
        ulong count;

        // EAGAIN when nothing was pending: the aim all the same.
        _ = read(Handle, &count, sizeof(ulong));
    }

    public void Dispose() => Handle.Dispose();

    [LibraryImport("libc", SetLastError = true)]
    private static partial int eventfd(uint initval, int flags);

    [LibraryImport("libc", SetLastError = true)]
    private static unsafe partial nint write(SafeFileHandle fd, void* buf, nuint count);

    [LibraryImport("libc", SetLastError = true)]
    private static unsafe partial nint read(SafeFileHandle fd, void* buf, nuint count);
}
