using System.Runtime.InteropServices;

namespace PvExec.Linux.Files;

/// <summary>Where an open file description reads next (lseek(2)); shared by all duplicates of its descriptor, in other processes too.</summary>
public static partial class FilePosition
{
    private const int SEEK_SET = 0, SEEK_CUR = 1;

    /// <exception cref="SystemCallException">It has none.</exception>
    public static long Get(SafeHandle file) => Seek(file, 0, SEEK_CUR);

    /// <exception cref="SystemCallException">It has none.</exception>
    public static void Set(SafeHandle file, long offset) => Seek(file, offset, SEEK_SET);

    private static long Seek(SafeHandle file, long offset, int whence)
    {
        long position = lseek(file, offset, whence);
        return position >= 0 ? position : throw SystemCallException.FromLast($"lseek({offset}, {whence})");
    }

    [LibraryImport("libc", SetLastError = true)]
    private static partial long lseek(SafeHandle fd, long offset, int whence);
}
