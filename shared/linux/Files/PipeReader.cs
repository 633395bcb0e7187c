using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace PvExec.Linux.Files;

/// <summary>read(2) from a pipe that does not block.</summary>
public static unsafe partial class PipeReader
{
    /// <summary>The next byte, or 0 when there is none.</summary>
    public static byte TryReadByte(SafeFileHandle pipe)
    {
        byte one;
        return read(pipe, &one, 1) == 1 ? one : (byte)0;
    }

    [LibraryImport("libc", SetLastError = true)]
    private static partial nint read(SafeFileHandle fd, void* buf, nuint count);
}
