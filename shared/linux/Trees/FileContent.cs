using System.Runtime.InteropServices;

namespace PvExec.Linux.Trees;

/// <summary>The bytes of a file: pread(2), pwrite(2), ftruncate(2), fsync(2), and lseek(2) for its holes.</summary>
public static partial class FileContent
{
    private const int SEEK_DATA = 3, SEEK_HOLE = 4;

    /// <summary>Fills the buffer as far as the file goes.</summary>
    /// <returns>How much was read; less than asked for only at the end of the file.</returns>
    /// <exception cref="FileCallException">The call failed.</exception>
    public static unsafe int Read(FileDescriptor file, Span<byte> buffer, long offset)
    {
        int done = 0;
        while (done < buffer.Length)
        {
            nint read;
            fixed (byte* to = buffer[done..])
            {
                read = pread(file.Number, to, (nuint)(buffer.Length - done), offset + done);
            }

            if (read == 0)
            {
                break;
            }

            if (read < 0 && Marshal.GetLastPInvokeError() != FileErrno.EINTR)
            {
                throw FileCallException.FromLast($"pread({file.Number}, {buffer.Length} bytes, {offset})");
            }

            done += (int)Math.Max(read, 0);
        }

        return done;
    }

    /// <exception cref="FileCallException">The call failed: a full disk, among others.</exception>
    public static unsafe void Write(FileDescriptor file, ReadOnlySpan<byte> bytes, long offset)
    {
        while (!bytes.IsEmpty)
        {
            nint written;
            fixed (byte* from = bytes)
            {
                written = pwrite(file.Number, from, (nuint)bytes.Length, offset);
            }

            if (written < 0 && Marshal.GetLastPInvokeError() != FileErrno.EINTR)
            {
                throw FileCallException.FromLast($"pwrite({file.Number}, {bytes.Length} bytes, {offset})");
            }

            bytes = bytes[(int)Math.Max(written, 0)..];
            offset += Math.Max(written, 0);
        }
    }

    /// <summary>What is beyond the end of the content is a hole.</summary>
    /// <exception cref="FileCallException">The call failed.</exception>
    public static void SetLength(FileDescriptor file, long length)
    {
        if (ftruncate(file.Number, length) != 0)
        {
            throw FileCallException.FromLast($"ftruncate({file.Number}, {length})");
        }
    }

    /// <summary>Until this returns, what was written may be lost with the power. For a directory: the names in it.</summary>
    /// <exception cref="FileCallException">The call failed.</exception>
    public static void Flush(FileDescriptor file)
    {
        if (fsync(file.Number) != 0)
        {
            throw FileCallException.FromLast($"fsync({file.Number})");
        }
    }

    /// <summary>The next stretch of data at or behind an offset.</summary>
    /// <param name="size">The file's size, where the search ends.</param>
    /// <returns>False when there is none. A file system that knows no holes answers with one stretch.</returns>
    /// <exception cref="FileCallException">The call failed.</exception>
    public static bool NextData(FileDescriptor file, long offset, long size, out long start, out long end)
    {
        (start, end) = (size, size);
        if (offset >= size)
        {
            return false;
        }

        start = lseek(file.Number, offset, SEEK_DATA);
        if (start < 0)
        {
            int errno = Marshal.GetLastPInvokeError();
            start = errno == FileErrno.EINVAL ? offset : size;
            return errno switch
            {
                FileErrno.EINVAL => true,
                FileErrno.ENXIO => false,
                _ => throw new FileCallException($"lseek({file.Number}, {offset}, SEEK_DATA)", errno),
            };
        }

        if (start >= size)
        {
            return false;
        }

        end = lseek(file.Number, start, SEEK_HOLE);
        end = end < 0 || end > size ? size : end;
        return end > start;
    }

    [LibraryImport("libc", SetLastError = true)]
    private static unsafe partial nint pread(int fd, byte* buf, nuint count, long offset);

    [LibraryImport("libc", SetLastError = true)]
    private static unsafe partial nint pwrite(int fd, byte* buf, nuint count, long offset);

    [LibraryImport("libc", SetLastError = true)]
    private static partial int ftruncate(int fd, long length);

    [LibraryImport("libc", SetLastError = true)]
    private static partial int fsync(int fd);

    [LibraryImport("libc", SetLastError = true)]
    private static partial long lseek(int fd, long offset, int whence);
}
