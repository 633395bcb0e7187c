using System.Runtime.InteropServices;

namespace PvExec.Linux.Files;

/// <summary>Absolute paths without symbolic links (realpath(3)).</summary>
public static partial class RealPath
{
    /// <returns>0 and the path, or the errno and null.</returns>
    public static unsafe int Resolve(string path, out string? real)
    {
        nint found = realpath(path, 0);
        if (found == 0)
        {
            real = null;
            return Marshal.GetLastPInvokeError();
        }

        real = Marshal.PtrToStringUTF8(found);
        NativeMemory.Free((void*)found);
        return 0;
    }

    // With a null second argument the result is allocated by malloc(3); NativeMemory.Free is free(3).
    [LibraryImport("libc", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial nint realpath(string path, nint resolved_path);
}
