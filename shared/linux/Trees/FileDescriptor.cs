using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace PvExec.Linux.Trees;

/// <summary>An open file or directory. Plain: no lock, no stream position of ours, no look at the file's type.</summary>
public sealed partial class FileDescriptor : SafeHandleMinusOneIsInvalid
{
    internal FileDescriptor(int fd) : base(ownsHandle: true) => SetHandle(fd);

    /// <summary>One that came from elsewhere; the handle it came in is empty afterwards.</summary>
    public static FileDescriptor From(SafeHandle handle)
    {
        var descriptor = new FileDescriptor((int)handle.DangerousGetHandle());
        handle.SetHandleAsInvalid();
        return descriptor;
    }

    /// <summary>The number, for <c>/proc/self/fd</c>; valid while this is not disposed.</summary>
    public int Number => (int)handle;

    protected override bool ReleaseHandle() => close((int)handle) == 0;

    [LibraryImport("libc", SetLastError = true)]
    private static partial int close(int fd);
}
