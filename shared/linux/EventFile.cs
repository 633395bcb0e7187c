using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace PvExec.Linux;

/// <summary>A counter that a thread blocked in <see cref="Epoll"/> can be woken with (eventfd(2)).</summary>
public sealed partial class EventFile : IDisposable
{
    private const int EFD_CLOEXEC = 0x80000;
    private const int EFD_NONBLOCK = 0x800;
    private const int EAGAIN = 11;

    /// <exception cref="IOException">No descriptor is left.</exception>
    public EventFile()
    {
        int descriptor = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
        if (descriptor < 0)
        {
            throw Failed("eventfd(0)");
        }

        Handle = new SafeFileHandle(descriptor, ownsHandle: true);
    }

    /// <summary>Readable while signalled.</summary>
    public SafeFileHandle Handle { get; }

    public unsafe void Signal()
    {
        ulong one = 1;
        // EAGAIN: the counter is at its ceiling, so it is signalled anyway.
        if (write(Handle, &one, sizeof(ulong)) < 0 && Marshal.GetLastPInvokeError() != EAGAIN)
        {
            throw Failed("write(eventfd)");
        }
    }

    /// <summary>Takes all signals given so far.</summary>
    public unsafe void Clear()
    {
        ulong count;
        if (read(Handle, &count, sizeof(ulong)) < 0 && Marshal.GetLastPInvokeError() != EAGAIN)
        {
            throw Failed("read(eventfd)");
        }
    }

    public void Dispose() => Handle.Dispose();

    private static IOException Failed(string call)
    {
        int errno = Marshal.GetLastPInvokeError();
        return new IOException($"{call}: {Marshal.GetPInvokeErrorMessage(errno)} (errno {errno})", errno);
    }

    [LibraryImport("libc", SetLastError = true)]
    private static partial int eventfd(uint initval, int flags);

    [LibraryImport("libc", SetLastError = true)]
    private static unsafe partial nint read(SafeHandle fd, void* buf, nint count);

    [LibraryImport("libc", SetLastError = true)]
    private static unsafe partial nint write(SafeHandle fd, void* buf, nint count);
}
