using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace PvExec.Linux.Files;

/// <summary>
/// A descriptor that this process was given, such as standard output, as a stream (read(2), write(2)). Unlike a FileStream it
/// moves the file position that it shares with other processes; unlike Console's streams it changes no terminal and
/// tells when nobody reads any more.
/// </summary>
/// <remarks>Its reads and writes wait in the calling thread, also the asynchronous ones.</remarks>
public sealed unsafe partial class DescriptorStream(int descriptor) : Stream
{
    private const short POLLIN = 1, POLLOUT = 4;

    private readonly SafeFileHandle _handle = new(descriptor, ownsHandle: false);

    public override bool CanRead => true;

    public override bool CanWrite => true;

    public override bool CanSeek => false;

    public override long Length => throw new NotSupportedException();

    public override long Position { get => throw new NotSupportedException(); set => throw new NotSupportedException(); }

    public override int Read(byte[] buffer, int offset, int count) => Read(buffer.AsSpan(offset, count));

    /// <exception cref="SystemCallException">It is not open, or broken.</exception>
    public override int Read(Span<byte> buffer)
    {
        fixed (byte* start = buffer)
        {
            while (true)
            {
                nint count = read(_handle, start, buffer.Length);
                if (count >= 0)
                {
                    return (int)count;
                }

                WaitOrThrow(POLLIN, $"read({descriptor})");
            }
        }
    }

    public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        cancellationToken.ThrowIfCancellationRequested();
        return ValueTask.FromResult(Read(buffer.Span));
    }

    public override void Write(byte[] buffer, int offset, int count) => Write(buffer.AsSpan(offset, count));

    /// <exception cref="SystemCallException">EPIPE when nobody reads any more; no room; not open.</exception>
    public override void Write(ReadOnlySpan<byte> buffer)
    {
        fixed (byte* start = buffer)
        {
            int written = 0;
            while (written < buffer.Length)
            {
                nint count = write(_handle, start + written, buffer.Length - written);
                if (count >= 0)
                {
                    written += (int)count;
                    continue;
                }

                WaitOrThrow(POLLOUT, $"write({descriptor})");
            }
        }
    }

    public override ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default)
    {
        cancellationToken.ThrowIfCancellationRequested();
        Write(buffer.Span);
        return ValueTask.CompletedTask;
    }

    public override void Flush()
    {
        // Nothing is held back.
    }

    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    public override void SetLength(long value) => throw new NotSupportedException();

    /// <summary>Somebody who shares the descriptor may have made it non-blocking.</summary>
    private void WaitOrThrow(short events, string call)
    {
        switch (Marshal.GetLastPInvokeError())
        {
            case Errno.EINTR:
                return;
            case Errno.EAGAIN:
                var wanted = new pollfd { fd = descriptor, events = events };
                _ = poll(&wanted, 1, -1);
                return;
            default:
                throw SystemCallException.FromLast(call);
        }
    }

    [LibraryImport("libc", SetLastError = true)]
    private static partial nint read(SafeFileHandle fd, void* buf, nint count);

    [LibraryImport("libc", SetLastError = true)]
    private static partial nint write(SafeFileHandle fd, void* buf, nint count);

    [LibraryImport("libc", SetLastError = true)]
    private static partial int poll(pollfd* fds, nuint nfds, int timeout);

    private struct pollfd
    {
        public int fd;
        public short events;
        public short revents;
    }
}
