using System.Runtime.InteropServices;

namespace PvExec.Linux;

/// <summary>A system call failed where that is not expected.</summary>
public sealed class SystemCallException(string call, int errno) : IOException($"{call}: {Linux.Errno.Describe(errno)}")
{
    public int Errno { get; } = errno;

    /// <summary>With its arguments, as strace(1) would write it.</summary>
    public string Call { get; } = call;

    /// <summary>From the errno of the last P/Invoke of this thread.</summary>
    /// <param name="call">The call with its arguments, as strace(1) would write it.</param>
    public static SystemCallException FromLast(string call) => new(call, Marshal.GetLastPInvokeError());
}
