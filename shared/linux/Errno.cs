using System.Runtime.InteropServices;

namespace PvExec.Linux;

/// <summary>Error numbers as text (errno(3)).</summary>
public static class Errno
{
    /// <summary>Such as <c>Permission denied (errno 13)</c>.</summary>
    public static string Text(int errno) => $"{Marshal.GetPInvokeErrorMessage(errno)} (errno {errno})";
}
