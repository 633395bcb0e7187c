using System.Runtime.InteropServices;

namespace PvExec.Linux.Processes;

/// <summary>execve(2): puts another program in the place of this one.</summary>
public static partial class ProgramImage
{
    /// <summary>
    /// Runs <paramref name="path"/> in this process, with the same pid, variables, directory and descriptors that are not
    /// close-on-exec. Comes back only when that failed.
    /// </summary>
    /// <param name="path">The program's file.</param>
    /// <param name="arguments">Without the program's name, which is <paramref name="path"/>.</param>
    /// <returns>The errno.</returns>
    public static unsafe int Replace(string path, IReadOnlyList<string> arguments)
    {
        // argv: the path, the arguments, and the null that ends them.
        int count = arguments.Count + 2;
        var argv = (byte**)NativeMemory.AllocZeroed((nuint)count, (nuint)sizeof(byte*));
        try
        {
            argv[0] = (byte*)Marshal.StringToCoTaskMemUTF8(path);
            for (int i = 0; i < arguments.Count; i++)
            {
                argv[i + 1] = (byte*)Marshal.StringToCoTaskMemUTF8(arguments[i]);
            }

            _ = execv(argv[0], argv);
            return Marshal.GetLastPInvokeError();
        }
        finally
        {
            for (int i = 0; i < count; i++)
            {
                Marshal.FreeCoTaskMem((nint)argv[i]);
            }

            NativeMemory.Free(argv);
        }
    }

    // execv(3) is execve(2) with the variables of this process.
    [LibraryImport("libc", SetLastError = true)]
    private static unsafe partial int execv(byte* pathname, byte** argv);
}
