using System.Runtime.InteropServices;

namespace PvExec.Linux.Terminals;

/// <summary>How a terminal treats what is typed and shown (termios(3)).</summary>
public sealed unsafe partial class TerminalMode
{
    private const int TCSADRAIN = 1;

    private termios _settings;

    private TerminalMode(termios settings) => _settings = settings;

    /// <summary>Null when the descriptor is no terminal.</summary>
    public static TerminalMode? TryRead(SafeHandle terminal)
    {
        termios settings;
        return tcgetattr(terminal, &settings) == 0 ? new TerminalMode(settings) : null;
    }

    /// <summary>This one, but that every byte goes through as it is, Ctrl-C too (cfmakeraw in termios(3)).</summary>
    public TerminalMode Raw()
    {
        termios settings = _settings;
        cfmakeraw(&settings);
        return new TerminalMode(settings);
    }

    /// <summary>Puts it in force, after what has been written is shown.</summary>
    /// <exception cref="SystemCallException">It is a terminal no longer.</exception>
    public void Apply(SafeHandle terminal)
    {
        fixed (termios* settings = &_settings)
        {
            while (tcsetattr(terminal, TCSADRAIN, settings) != 0)
            {
                if (Marshal.GetLastPInvokeError() != Errno.EINTR)
                {
                    throw SystemCallException.FromLast("tcsetattr(TCSADRAIN)");
                }
            }
        }
    }

    [LibraryImport("libc", SetLastError = true)]
    private static partial int tcgetattr(SafeHandle fd, termios* settings);

    [LibraryImport("libc", SetLastError = true)]
    private static partial int tcsetattr(SafeHandle fd, int optionalActions, termios* settings);

    [LibraryImport("libc")]
    private static partial void cfmakeraw(termios* settings);

    // As long as the C library's struct: its fields are the C library's business.
    private struct termios
    {
#pragma warning disable CS0649, CS0169, IDE0044, IDE0051
        private fixed uint _words[15];
#pragma warning restore CS0649, CS0169, IDE0044, IDE0051
    }
}
