using System.Runtime.InteropServices;

namespace PvExec.Linux;

/// <summary>The user that this process acts as: geteuid(2).</summary>
public static partial class EffectiveUser
{
    /// <summary>The effective user ID.</summary>
    public static uint Id => geteuid();

    [LibraryImport("libc")]
    private static partial uint geteuid();
}
