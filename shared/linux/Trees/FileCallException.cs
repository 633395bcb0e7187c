using System.Runtime.InteropServices;

namespace PvExec.Linux.Trees;

/// <summary>A file-system call failed.</summary>
/// <param name="call">The call with its arguments, as strace(1) would write it.</param>
/// <param name="errno">See errno(3).</param>
public sealed class FileCallException(string call, int errno)
    : IOException($"{call}: {Marshal.GetPInvokeErrorMessage(errno)} (errno {errno})")
{
    public int Errno { get; } = errno;

    /// <summary>From the errno of this thread's last call.</summary>
    public static FileCallException FromLast(string call) => new(call, Marshal.GetLastPInvokeError());

    internal static FileCallException FromLast(string call, ReadOnlySpan<byte> path, string rest = "") =>
        FromLast($"{call}({PathText.Show(path)}{rest})");
}
