using System.Runtime.InteropServices;

namespace PvExec.Linux.Terminals;

/// <summary>What says "end of file" when it is typed (VEOF of termios(3)).</summary>
public static unsafe partial class EndOfFileCharacter
{
    /// <summary>Ctrl-D, of a terminal that nobody has set to anything else.</summary>
    public const byte Usual = 4;

    private const ulong TCGETS = 0x5401;
    private const int VEOF = 4;

    // struct termios of the kernel: four words of flags, the line discipline, then the characters (x86-64 and arm64).
    private const int CharactersOffset = 17, Size = 36;

    /// <param name="terminal">Either side.</param>
    /// <exception cref="SystemCallException">It is no terminal.</exception>
    public static byte Of(SafeHandle terminal)
    {
        byte* termios = stackalloc byte[Size];
        return ioctl(terminal, TCGETS, termios) == 0 ? termios[CharactersOffset + VEOF] : throw SystemCallException.FromLast("ioctl(TCGETS)");
    }

    [LibraryImport("libc", SetLastError = true)]
    private static partial int ioctl(SafeHandle fd, ulong op, byte* argp);
}
