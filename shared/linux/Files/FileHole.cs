using System.Runtime.InteropServices;

namespace PvExec.Linux.Files;

/// <summary>Gives the space of a part of a file back; the file keeps its size and reads as zeros there (fallocate(2)).</summary>
public static partial class FileHole
{
    private const int FALLOC_FL_KEEP_SIZE = 1, FALLOC_FL_PUNCH_HOLE = 2;

    /// <exception cref="SystemCallException">The file's system cannot do it.</exception>
    public static void Punch(SafeHandle file, long offset, long length)
    {
        if (fallocate(file, FALLOC_FL_PUNCH_HOLE | FALLOC_FL_KEEP_SIZE, offset, length) != 0)
        {
            throw SystemCallException.FromLast($"fallocate(FALLOC_FL_PUNCH_HOLE, {offset}, {length})");
        }
    }

    [LibraryImport("libc", SetLastError = true)]
    private static partial int fallocate(SafeHandle fd, int mode, long offset, long len);
}
