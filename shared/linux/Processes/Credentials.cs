using System.Runtime.InteropServices;

namespace PvExec.Linux.Processes;

/// <summary>credentials(7).</summary>
public static partial class Credentials
{
    /// <summary>The effective user id of this process.</summary>
    public static uint EffectiveUser { get; } = geteuid();

    [LibraryImport("libc")]
    private static partial uint geteuid();
}
