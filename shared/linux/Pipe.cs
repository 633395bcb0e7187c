using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace PvExec.Linux;

/// <summary>An anonymous pipe, both ends close-on-exec and blocking (pipe2(2)).</summary>
public sealed partial class Pipe : IDisposable
{
    private const int O_CLOEXEC = 0x80000;

    private Pipe(SafeFileHandle reading, SafeFileHandle writing)
    {
        Reading = reading;
        Writing = writing;
    }

    public SafeFileHandle Reading { get; }

    public SafeFileHandle Writing { get; }

    /// <exception cref="IOException">No descriptor is left (EMFILE, ENFILE).</exception>
    public static unsafe Pipe Create()
    {
        int* ends = stackalloc int[2];
        if (pipe2(ends, O_CLOEXEC) < 0)
        {
            int errno = Marshal.GetLastPInvokeError();
            throw new IOException($"pipe2(O_CLOEXEC): {Marshal.GetPInvokeErrorMessage(errno)} (errno {errno})", errno);
        }

        return new Pipe(new SafeFileHandle(ends[0], ownsHandle: true), new SafeFileHandle(ends[1], ownsHandle: true));
    }

    /// <summary>Closes both ends that are still open.</summary>
    public void Dispose()
    {
        Reading.Dispose();
        Writing.Dispose();
    }

    [LibraryImport("libc", SetLastError = true)]
    private static unsafe partial int pipe2(int* pipefd, int flags);
}
