using System.Runtime.InteropServices;

namespace PvExec.Linux.Terminals;

/// <summary>The size of a terminal's window, in characters (TIOCGWINSZ, TIOCSWINSZ of ioctl_tty(2)).</summary>
public readonly unsafe partial record struct TerminalSize(ushort Columns, ushort Rows)
{
    private const ulong TIOCGWINSZ = 0x5413, TIOCSWINSZ = 0x5414;

    /// <exception cref="SystemCallException">It is no terminal.</exception>
    public static TerminalSize Of(SafeHandle terminal)
    {
        winsize size;
        return ioctl(terminal, TIOCGWINSZ, &size) == 0 ? new TerminalSize(size.ws_col, size.ws_row) : throw SystemCallException.FromLast("ioctl(TIOCGWINSZ)");
    }

    /// <summary>Sets it, and tells the processes in the foreground (SIGWINCH) when it is another one.</summary>
    /// <param name="terminal">Either side.</param>
    /// <exception cref="SystemCallException">It is no terminal.</exception>
    public void Set(SafeHandle terminal)
    {
        var size = new winsize { ws_row = Rows, ws_col = Columns };
        if (ioctl(terminal, TIOCSWINSZ, &size) != 0)
        {
            throw SystemCallException.FromLast($"ioctl(TIOCSWINSZ, {Columns}x{Rows})");
        }
    }

    [LibraryImport("libc", SetLastError = true)]
    private static partial int ioctl(SafeHandle fd, ulong op, winsize* argp);

    private struct winsize
    {
        public ushort ws_row;
        public ushort ws_col;
        public ushort ws_xpixel;
        public ushort ws_ypixel;
    }
}
