using PvExec.Kernel;
using PvExec.Worktrees.Core.Snapshots;
using ZstdSharp;

namespace PvExec.Worktrees.Core.Format;

/// <summary>A pack as stored: pieces one behind the other, compressed together.</summary>
internal static class PackBlob
{
    /// <summary>A piece of a large file has at most this length, and is cut at multiples of it.</summary>
    public const int PieceBytes = 4 * 1024 * 1024;

    /// <summary>A pack is closed when it has this much; one piece may go beyond it.</summary>
    public const int FullBytes = 8 * 1024 * 1024;

    public const int LongestBytes = FullBytes + PieceBytes;

    /// <summary>Fast; level 3 saves another eighth and takes twice the time.</summary>
    public const int Level = 1;

    public static byte[] Seal(ReadOnlySpan<byte> raw, Compressor compressor) => Envelope.Seal("PVPK"u8, raw, compressor);

    public static Outcome<ReadOnlyMemory<byte>> Open(Pack pack, ReadOnlySpan<byte> blob, Func<int, byte[]> allocate)
    {
        string name = BlobNames.Pack(pack.Id);
        return Envelope.Open(name, pack.Id, "PVPK"u8, blob, LongestBytes, allocate)
            .Then<ReadOnlyMemory<byte>>(raw => raw.Length == pack.RawLength ? raw : Damage.Fault(name, $"it holds {raw.Length} bytes, and the manifest says {pack.RawLength}"));
    }
}
