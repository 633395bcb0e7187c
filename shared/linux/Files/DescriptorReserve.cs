using System.Runtime.InteropServices;

namespace PvExec.Linux.Files;

/// <summary>
/// Descriptors that are held so that something which must be done can be done when there are no others left (EMFILE, ENFILE):
/// they are given up for it, and taken again afterwards. For a process in which nobody else opens any meanwhile.
/// </summary>
/// <param name="count">How many are needed at a time.</param>
public sealed unsafe partial class DescriptorReserve(int count)
{
    private const int O_CLOEXEC = 0x80000, O_PATH = 0x200000;

    private readonly int[] _held = new int[count];
    private int _count;

    /// <summary>Fills the reserve up, as far as there is room.</summary>
    public void Take()
    {
        fixed (byte* root = "/\0"u8)
        {
            int descriptor;
            while (_count < _held.Length && (descriptor = open(root, O_PATH | O_CLOEXEC, 0)) >= 0)
            {
                _held[_count++] = descriptor;
            }
        }
    }

    /// <summary>Gives it up.</summary>
    public void Release()
    {
        while (_count > 0)
        {
            _ = close(_held[--_count]);
        }
    }

    [LibraryImport("libc", SetLastError = true)]
    private static partial int open(byte* pathname, int flags, uint mode);

    [LibraryImport("libc")]
    private static partial int close(int fd);
}
