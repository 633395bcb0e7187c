using System.Globalization;
using PvExec.Kernel;

namespace PvExec.Cli.Core;

/// <summary>The names of signal(7), with or without SIG, and numbers.</summary>
public static class SignalName
{
    private const int Last = 64;

    // By number from 1, x86-64 and arm64.
    private static readonly string[] s_names =
    [
        "HUP", "INT", "QUIT", "ILL", "TRAP", "ABRT", "BUS", "FPE", "KILL", "USR1", "SEGV", "USR2", "PIPE", "ALRM", "TERM", "STKFLT",
        "CHLD", "CONT", "STOP", "TSTP", "TTIN", "TTOU", "URG", "XCPU", "XFSZ", "VTALRM", "PROF", "WINCH", "IO", "PWR", "SYS",
    ];

    public static Outcome<int> Parse(string word)
    {
        if (int.TryParse(word, NumberStyles.None, CultureInfo.InvariantCulture, out int number))
        {
            return number is >= 1 and <= Last ? number : new Fault(FaultKind.InvalidArgument, $"'{word}' is no signal: give a number from 1 to {Last}, or a name such as TERM");
        }

        string name = word.StartsWith("SIG", StringComparison.OrdinalIgnoreCase) ? word[3..] : word;
        int at = Array.FindIndex(s_names, one => one.Equals(name, StringComparison.OrdinalIgnoreCase));
        return at >= 0 ? at + 1 : new Fault(FaultKind.InvalidArgument, $"'{word}' is no signal: give a name such as TERM, HUP or USR1, or a number");
    }
}
