using System.Runtime.InteropServices;

namespace PvExec.Linux.Files;

/// <summary>A descriptor that this process was given, to write to as long as somebody reads (poll(2), write(2)). Changes no terminal.</summary>
public sealed unsafe partial class ImpatientOutput(int descriptor)
{
    private const short POLLOUT = 4;

    /// <summary>PIPE_BUF of pipe(7): a pipe that poll(2) calls writable takes so much without waiting.</summary>
    private const int Piece = 4096;

    /// <returns>False when not all could be written: nobody has read for that long, or it is not open, or broken.</returns>
    public bool TryWrite(ReadOnlySpan<byte> bytes, TimeSpan atMost)
    {
        fixed (byte* start = bytes)
        {
            int written = 0;
            while (written < bytes.Length)
            {
                var wanted = new pollfd { fd = descriptor, events = POLLOUT };
                int ready = poll(&wanted, 1, (int)atMost.TotalMilliseconds);
                if (ready < 0 && Marshal.GetLastPInvokeError() == Errno.EINTR)
                {
                    continue;
                }

                if (ready != 1 || (wanted.revents & POLLOUT) == 0)
                {
                    return false;
                }

                nint count = write(descriptor, start + written, Math.Min(Piece, bytes.Length - written));
                if (count < 0 && Marshal.GetLastPInvokeError() is not (Errno.EINTR or Errno.EAGAIN))
                {
                    return false;
                }

                written += (int)Math.Max(0, count);
            }
        }

        return true;
    }

    [LibraryImport("libc", SetLastError = true)]
    private static partial nint write(int fd, void* buf, nint count);

    [LibraryImport("libc", SetLastError = true)]
    private static partial int poll(pollfd* fds, nuint nfds, int timeout);

    private struct pollfd
    {
        public int fd;
        public short events;
        public short revents;
    }
}
