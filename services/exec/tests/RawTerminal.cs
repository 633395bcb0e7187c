using System.Diagnostics;
using System.Runtime.InteropServices;

namespace PvExec.Exec.Tests;

/// <summary>A terminal whose line discipline leaves every byte as it is: stty(1).</summary>
internal static class RawTerminal
{
    public static void Set(SafeHandle terminal)
    {
        using Process stty = Process.Start("stty", ["-F", $"/proc/{Environment.ProcessId}/fd/{terminal.DangerousGetHandle()}", "raw", "-echo"]);
        stty.WaitForExit();
        Assert.Equal(0, stty.ExitCode);
    }
}
