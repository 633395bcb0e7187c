using System.Buffers.Binary;
using System.Runtime.InteropServices;

namespace PvExec.Linux.Trees;

/// <summary>The names in a directory (getdents64(2)).</summary>
public static partial class DirectoryEntries
{
    private const int HeaderBytes = 19;

    /// <summary>All names but <c>.</c> and <c>..</c>, in the order of their bytes.</summary>
    /// <param name="directory">Just opened: reading starts where it stands.</param>
    /// <exception cref="FileCallException">The call failed.</exception>
    public static List<byte[]> Read(FileDescriptor directory)
    {
        var names = new List<byte[]>();
        Span<byte> buffer = stackalloc byte[8192];
        while (true)
        {
            int length = Fill(directory, buffer);
            if (length == 0)
            {
                break;
            }

            for (int at = 0; at < length;)
            {
                ushort size = BinaryPrimitives.ReadUInt16LittleEndian(buffer[(at + 16)..]);
                Span<byte> name = buffer[(at + HeaderBytes)..(at + size)];
                name = name[..name.IndexOf((byte)0)];
                if (!name.SequenceEqual("."u8) && !name.SequenceEqual(".."u8))
                {
                    names.Add(name.ToArray());
                }

                at += size;
            }
        }

        names.Sort((a, b) => a.AsSpan().SequenceCompareTo(b));
        return names;
    }

    private static unsafe int Fill(FileDescriptor directory, Span<byte> buffer)
    {
        fixed (byte* start = buffer)
        {
            long length = getdents64(directory.Number, start, (nuint)buffer.Length);
            return length >= 0 ? (int)length : throw FileCallException.FromLast($"getdents64({directory.Number})");
        }
    }

    // glibc 2.30 and later.
    [LibraryImport("libc", SetLastError = true)]
    private static unsafe partial nint getdents64(int fd, byte* dirp, nuint count);
}
