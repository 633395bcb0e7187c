using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace PvExec.Linux;

/// <summary>A file in memory that has no name (memfd_create(2)).</summary>
public static partial class AnonymousFile
{
    private const uint MFD_CLOEXEC = 1;

    /// <summary>A file that holds <paramref name="content"/>, its offset at the start; close-on-exec.</summary>
    /// <param name="name">Shown below /proc/PID/fd; at most 249 bytes.</param>
    /// <exception cref="IOException">No descriptor or no memory is left.</exception>
    public static SafeFileHandle Create(string name, ReadOnlySpan<byte> content)
    {
        int descriptor = memfd_create(name, MFD_CLOEXEC);
        if (descriptor < 0)
        {
            int errno = Marshal.GetLastPInvokeError();
            throw new IOException($"memfd_create({name}): {Marshal.GetPInvokeErrorMessage(errno)} (errno {errno})", errno);
        }

        var file = new SafeFileHandle(descriptor, ownsHandle: true);
        try
        {
            // pwrite(2): the offset that the reader will share stays at the start.
            RandomAccess.Write(file, content, fileOffset: 0);
            return file;
        }
        catch
        {
            file.Dispose();
            throw;
        }
    }

    [LibraryImport("libc", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int memfd_create(string name, uint flags);
}
