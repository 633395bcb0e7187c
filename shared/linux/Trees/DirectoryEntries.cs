using System.Runtime.InteropServices;

namespace PvExec.Linux.Trees;

/// <summary>The names in a directory (getdents64(2)).</summary>
public static partial class DirectoryEntries
{
    /// <summary>All names but <c>.</c> and <c>..</c>, in the order of their bytes.</summary>
    /// <param name="directory">Just opened: reading starts where it stands.</param>
    /// <exception cref="FileCallException">The call failed.</exception>
    public static List<byte[]> Read(FileDescriptor directory)
    {
        var names = new List<byte[]>();
        Span<byte> buffer = stackalloc byte[8192];
        while (NextBlock(directory, buffer) is { IsEmpty: false } block)
        {
            while (block.TryNext(out ReadOnlySpan<byte> name))
            {
                names.Add(name.ToArray());
            }
        }

        names.Sort((a, b) => a.AsSpan().SequenceCompareTo(b));
        return names;
    }

    /// <summary>As many entries as the buffer takes, in no order; an empty block at the end.</summary>
    /// <param name="buffer">At least 280 bytes: one entry.</param>
    /// <exception cref="FileCallException">The call failed.</exception>
    public static DirectoryBlock NextBlock(FileDescriptor directory, Span<byte> buffer) => new(buffer[..Fill(directory, buffer)]);

    /// <summary>As many entries as the buffer takes, for a <see cref="DirectoryBlock"/>.</summary>
    /// <returns>How many bytes; negative when the call failed: the last error says why.</returns>
    internal static unsafe int TryFill(int directory, Span<byte> buffer)
    {
        fixed (byte* start = buffer)
        {
            return (int)getdents64(directory, start, (nuint)buffer.Length);
        }
    }

    private static int Fill(FileDescriptor directory, Span<byte> buffer)
    {
        int length = TryFill(directory.Number, buffer);
        return length >= 0 ? length : throw FileCallException.FromLast($"getdents64({directory.Number})");
    }

    // glibc 2.30 and later.
    [LibraryImport("libc", SetLastError = true)]
    private static unsafe partial nint getdents64(int fd, byte* dirp, nuint count);
}
