using System.Runtime.InteropServices;

namespace PvExec.Linux.Files;

/// <summary>Seals of a memory file (fcntl(2), F_ADD_SEALS): for ever, and for everyone who has the file.</summary>
public static partial class FileSeals
{
    private const int F_ADD_SEALS = 1033, F_GET_SEALS = 1034, F_SEAL_GROW = 4;

    /// <summary>The file grows no more. Sealing it again does nothing.</summary>
    /// <exception cref="SystemCallException">It is no file that can be sealed.</exception>
    public static void SealGrowth(SafeHandle file)
    {
        if (fcntl(file, F_ADD_SEALS, F_SEAL_GROW) < 0)
        {
            throw SystemCallException.FromLast("fcntl(F_ADD_SEALS, F_SEAL_GROW)");
        }
    }

    /// <exception cref="SystemCallException">It is no file that can be sealed.</exception>
    public static bool IsGrowthSealed(SafeHandle file)
    {
        int seals = fcntl(file, F_GET_SEALS, 0);
        return seals >= 0 ? (seals & F_SEAL_GROW) != 0 : throw SystemCallException.FromLast("fcntl(F_GET_SEALS)");
    }

    [LibraryImport("libc", SetLastError = true)]
    private static partial int fcntl(SafeHandle fd, int op, int arg);
}
