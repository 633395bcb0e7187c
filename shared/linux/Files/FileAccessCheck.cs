using System.Runtime.InteropServices;

namespace PvExec.Linux.Files;

/// <summary>What this process may do with a file (access(2)).</summary>
public static partial class FileAccessCheck
{
    private const int X_OK = 1;

    /// <summary>Whether this process may execute it. False when it is not there.</summary>
    public static bool MayExecute(string path) => access(path, X_OK) == 0;

    [LibraryImport("libc", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int access(string pathname, int mode);
}
