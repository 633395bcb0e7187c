using System.Buffers.Binary;

namespace PvExec.Linux.Trees;

/// <summary>Some entries of a directory, as getdents64(2) gives them.</summary>
public ref struct DirectoryBlock(ReadOnlySpan<byte> bytes)
{
    /// <summary>Before the name: inode and offset (8 bytes each), the entry's length (2), its type (1).</summary>
    private const int HeaderBytes = 19, LengthAt = 16, TypeAt = 18, DT_DIR = 4;

    private ReadOnlySpan<byte> _left = bytes;

    public readonly bool IsEmpty => _left.IsEmpty;

    /// <summary>The next name that is neither <c>.</c> nor <c>..</c>.</summary>
    public bool TryNext(out ReadOnlySpan<byte> name) => TryNext(out name, out _);

    /// <summary>The same, and whether it is a directory's. Not every file system knows; the kernel's own do.</summary>
    public bool TryNext(out ReadOnlySpan<byte> name, out bool isDirectory)
    {
        while (!_left.IsEmpty)
        {
            ushort size = BinaryPrimitives.ReadUInt16LittleEndian(_left[LengthAt..]);
            isDirectory = _left[TypeAt] == DT_DIR;
            name = _left[HeaderBytes..size];
            name = name[..name.IndexOf((byte)0)];
            _left = _left[size..];
            if (!name.SequenceEqual("."u8) && !name.SequenceEqual(".."u8))
            {
                return true;
            }
        }

        name = default;
        isDirectory = false;
        return false;
    }
}
