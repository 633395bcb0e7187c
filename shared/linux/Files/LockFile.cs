using System.Globalization;
using System.Runtime.InteropServices;
using System.Text;
using Microsoft.Win32.SafeHandles;

namespace PvExec.Linux.Files;

/// <summary>A file that one process holds with flock(2) for as long as it lives, and that names the holder.</summary>
public sealed partial class LockFile : IDisposable
{
    private const int LOCK_EX = 2, LOCK_NB = 4, LOCK_UN = 8;
    private const int O_RDWR = 2, O_CREAT = 0x40, O_CLOEXEC = 0x80000;

    private readonly SafeFileHandle _handle;

    private LockFile(SafeFileHandle handle) => _handle = handle;

    /// <summary>Takes the lock, or tells who has it.</summary>
    /// <param name="holder">The pid that the holder wrote; 0 when it has not yet.</param>
    /// <returns>Null when another process holds it.</returns>
    /// <exception cref="IOException">The file cannot be opened.</exception>
    public static LockFile? TryTake(string path, out int holder)
    {
        // Not File.OpenHandle: it takes a shared flock(2) of its own.
        int fd = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0x180 /* 0600 */);
        if (fd < 0)
        {
            throw SystemCallException.FromLast($"open({path})");
        }

        var handle = new SafeFileHandle(fd, true);
        if (flock(handle, LOCK_EX | LOCK_NB) != 0)
        {
            int errno = Marshal.GetLastPInvokeError();
            holder = ReadPid(handle);
            handle.Dispose();
            return errno == Errno.EAGAIN ? null : throw new SystemCallException($"flock({path}, LOCK_EX)", errno);
        }

        holder = Environment.ProcessId;
        RandomAccess.SetLength(handle, 0);
        RandomAccess.Write(handle, Encoding.ASCII.GetBytes(holder.ToString(CultureInfo.InvariantCulture) + "\n"), 0);
        return new LockFile(handle);
    }

    public void Dispose()
    {
        // Said, not left to close(2): a child between fork and exec still has a copy of the descriptor, and with it the lock.
        _ = flock(_handle, LOCK_UN);
        _handle.Dispose();
    }

    private static int ReadPid(SafeFileHandle handle)
    {
        Span<byte> text = stackalloc byte[16];
        int length = RandomAccess.Read(handle, text, 0);
        return int.TryParse(text[..length].Trim("\n "u8), CultureInfo.InvariantCulture, out int pid) ? pid : 0;
    }

    [LibraryImport("libc", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int open(string pathname, int flags, uint mode);

    [LibraryImport("libc", SetLastError = true)]
    private static partial int flock(SafeFileHandle fd, int operation);
}
