using System.Runtime.InteropServices;

namespace PvExec.Linux.Files;

/// <summary>Who reads what is written to a descriptor (poll(2)). A program that is idle learns by this, and not by a write, that nobody does.</summary>
public static unsafe partial class LastReader
{
    private const short POLLERR = 8, POLLHUP = 16, POLLNVAL = 32;

    /// <summary>
    /// Waits in the calling thread until the last reader of the pipe has gone, or the other side of the socket has closed it. A
    /// file or a device has readers for ever.
    /// </summary>
    /// <returns>False when the descriptor is not open.</returns>
    public static bool WaitUntilGone(int descriptor)
    {
        // No event is asked for: errors are told all the same.
        var polled = new pollfd { fd = descriptor };
        while (true)
        {
            int ready = poll(&polled, 1, -1);
            if (ready > 0 && (polled.revents & POLLNVAL) != 0)
            {
                return false;
            }

            if (ready > 0 && (polled.revents & (POLLERR | POLLHUP)) != 0)
            {
                return true;
            }

            if (ready < 0 && Marshal.GetLastPInvokeError() is not (Errno.EINTR or Errno.EAGAIN))
            {
                throw SystemCallException.FromLast($"poll({descriptor})");
            }
        }
    }

    [LibraryImport("libc", SetLastError = true)]
    private static partial int poll(pollfd* fds, nuint nfds, int timeout);

    private struct pollfd
    {
        public int fd;
        public short events;
        public short revents;
    }
}
