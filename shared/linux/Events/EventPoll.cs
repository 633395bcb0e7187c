using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace PvExec.Linux.Events;

/// <summary>Waits for several descriptors at once (epoll(7), level-triggered).</summary>
public sealed unsafe partial class EventPoll : IDisposable
{
    private const int EPOLL_CLOEXEC = 0x80000, EPOLL_CTL_ADD = 1, EPOLL_CTL_DEL = 2, EPOLL_CTL_MOD = 3;

    private readonly SafeFileHandle _handle;
    private readonly byte[] _events = new byte[64 * EventSize];

    public EventPoll()
    {
        int fd = epoll_create1(EPOLL_CLOEXEC);
        _handle = fd >= 0 ? new SafeFileHandle(fd, true) : throw SystemCallException.FromLast("epoll_create1()");
    }

    // struct epoll_event is packed on x86-64 only.
    private static int EventSize => RuntimeInformation.ProcessArchitecture == Architecture.X64 ? 12 : 16;

    private static int DataOffset => EventSize - sizeof(long);

    public void Add(SafeHandle descriptor, long token, PollEvents interest) => Control(EPOLL_CTL_ADD, descriptor, token, interest);

    public void Change(SafeHandle descriptor, long token, PollEvents interest) => Control(EPOLL_CTL_MOD, descriptor, token, interest);

    public void Remove(SafeHandle descriptor) => Control(EPOLL_CTL_DEL, descriptor, 0, PollEvents.None);

    /// <summary>As <see cref="Add"/>, for a descriptor that the caller holds as a number.</summary>
    /// <returns>False when there is no room for it (ENOSPC, ENOMEM).</returns>
    public bool TryAddNumber(int descriptor, long token, PollEvents interest) => ControlNumber(EPOLL_CTL_ADD, descriptor, token, interest) == 0;

    /// <summary>As <see cref="Change"/>, for a descriptor that the caller holds as a number.</summary>
    /// <exception cref="SystemCallException">It is not here.</exception>
    public void ChangeNumber(int descriptor, long token, PollEvents interest)
    {
        if (ControlNumber(EPOLL_CTL_MOD, descriptor, token, interest) != 0)
        {
            throw SystemCallException.FromLast($"epoll_ctl({EPOLL_CTL_MOD}, {descriptor})");
        }
    }

    /// <summary>To be called before it is closed, where it has copies elsewhere: they would keep it here. One that is not here is no error.</summary>
    public void RemoveNumber(int descriptor) => _ = ControlNumber(EPOLL_CTL_DEL, descriptor, 0, PollEvents.None);

    /// <summary>Waits until something is ready or the time is over.</summary>
    /// <param name="timeoutMilliseconds">-1 waits for ever.</param>
    /// <returns>How many of <paramref name="ready"/> were filled; 0 when the time is over or a signal came.</returns>
    public int Wait(Span<(long Token, PollEvents Events)> ready, int timeoutMilliseconds)
    {
        fixed (byte* events = _events)
        {
            int count = epoll_wait(_handle, events, Math.Min(ready.Length, 64), timeoutMilliseconds);
            if (count < 0)
            {
                return Marshal.GetLastPInvokeError() == Errno.EINTR ? 0 : throw SystemCallException.FromLast("epoll_wait()");
            }

            for (int i = 0; i < count; i++)
            {
                byte* one = events + (i * EventSize);
                ready[i] = (*(long*)(one + DataOffset), (PollEvents)(*(uint*)one));
            }

            return count;
        }
    }

    public void Dispose() => _handle.Dispose();

    private void Control(int operation, SafeHandle descriptor, long token, PollEvents interest)
    {
        bool added = false;
        try
        {
            descriptor.DangerousAddRef(ref added);
            int number = (int)descriptor.DangerousGetHandle();
            if (ControlNumber(operation, number, token, interest) != 0)
            {
                throw SystemCallException.FromLast($"epoll_ctl({operation}, {number})");
            }
        }
        finally
        {
            if (added)
            {
                descriptor.DangerousRelease();
            }
        }
    }

    private int ControlNumber(int operation, int descriptor, long token, PollEvents interest)
    {
        byte* one = stackalloc byte[16];
        *(uint*)one = (uint)interest;
        *(long*)(one + DataOffset) = token;
        return epoll_ctl(_handle, operation, descriptor, one);
    }

    [LibraryImport("libc", SetLastError = true)]
    private static partial int epoll_create1(int flags);

    [LibraryImport("libc", SetLastError = true)]
    private static partial int epoll_ctl(SafeFileHandle epfd, int op, int fd, void* ev);

    [LibraryImport("libc", SetLastError = true)]
    private static partial int epoll_wait(SafeFileHandle epfd, void* events, int maxevents, int timeout);
}
