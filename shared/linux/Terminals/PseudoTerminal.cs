using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace PvExec.Linux.Terminals;

/// <summary>A pseudo-terminal (pty(7)); both descriptors are close-on-exec and owned by the caller.</summary>
/// <param name="Master">What is written here is typed, and what is read here was shown. Reads and writes never wait.</param>
/// <param name="Terminal">What the processes on it have.</param>
public readonly unsafe partial record struct PseudoTerminal(SafeFileHandle Master, SafeFileHandle Terminal)
{
    private const int O_RDWR = 2, O_NOCTTY = 0x100, O_NONBLOCK = 0x800, O_CLOEXEC = 0x80000;
    private const ulong TIOCSPTLCK = 0x40045431, TIOCGPTPEER = 0x5441;
    private const uint Same = uint.MaxValue;

    /// <exception cref="SystemCallException">There is no /dev/ptmx, no terminal or no descriptor left, or the kernel is older than Linux 4.13 (TIOCGPTPEER).</exception>
    public static PseudoTerminal Open()
    {
        int master = open("/dev/ptmx", O_RDWR | O_NOCTTY | O_NONBLOCK | O_CLOEXEC);
        if (master < 0)
        {
            throw SystemCallException.FromLast("open(/dev/ptmx)");
        }

        var handle = new SafeFileHandle(master, true);
        try
        {
            int locked = 0;
            if (ioctl(handle, TIOCSPTLCK, &locked) != 0)
            {
                throw SystemCallException.FromLast("ioctl(TIOCSPTLCK, 0)");
            }

            // Not by its name in /dev/pts, which may be another mount's here.
            int terminal = ioctl(handle, TIOCGPTPEER, (void*)(O_RDWR | O_NOCTTY | O_CLOEXEC));
            return terminal >= 0
                ? new PseudoTerminal(handle, new SafeFileHandle(terminal, true))
                : throw SystemCallException.FromLast("ioctl(TIOCGPTPEER)");
        }
        catch
        {
            handle.Dispose();
            throw;
        }
    }

    /// <summary>Gives the terminal to a user, who may then open it by its name.</summary>
    /// <exception cref="SystemCallException">Only root may give away what is its own.</exception>
    public void GiveTo(uint uid)
    {
        if (fchown(Terminal, uid, Same) != 0)
        {
            throw SystemCallException.FromLast($"fchown(terminal, {uid})");
        }
    }

    [LibraryImport("libc", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int open(string pathname, int flags);

    [LibraryImport("libc", SetLastError = true)]
    private static partial int ioctl(SafeHandle fd, ulong op, void* argp);

    [LibraryImport("libc", SetLastError = true)]
    private static partial int fchown(SafeHandle fd, uint owner, uint group);
}
