using System.Runtime.InteropServices;

namespace PvExec.Exec.Tests.Adapters;

/// <summary>The writing side of a pipe as a process has it that inherited it: another descriptor, closed on its own.</summary>
internal static class PipeEnd
{
    public static FileStream Open(SafeHandle handle, FileAccess access = FileAccess.Write) =>
        new($"/proc/self/fd/{handle.DangerousGetHandle()}", FileMode.Open, access, FileShare.ReadWrite, bufferSize: 0);

    public static void Write(SafeHandle handle, ReadOnlySpan<byte> bytes)
    {
        using FileStream stream = Open(handle);
        stream.Write(bytes);
    }
}
