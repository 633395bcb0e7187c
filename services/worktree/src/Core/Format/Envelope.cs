using System.Buffers.Binary;
using System.Security.Cryptography;
using PvExec.Kernel;
using PvExec.Worktrees.Core.Snapshots;
using ZstdSharp;

namespace PvExec.Worktrees.Core.Format;

/// <summary>
/// What packs and manifests have in common: 4 letters, a version byte, 16 random bytes, the raw length (4 bytes, little
/// endian), one zstd frame. The random bytes make every blob's name new, so that no blob that is about to be
/// collected is ever taken into use again.
/// </summary>
internal static class Envelope
{
    public const int HeaderBytes = 25;
    public const byte Version = 1;
    private const int NonceAt = 5, NonceBytes = 16, LengthAt = 21;

    /// <summary>Makes a blob.</summary>
    public static byte[] Seal(ReadOnlySpan<byte> magic, ReadOnlySpan<byte> raw, Compressor compressor)
    {
        byte[] blob = GC.AllocateUninitializedArray<byte>(HeaderBytes + Compressor.GetCompressBound(raw.Length));
        magic.CopyTo(blob);
        blob[magic.Length] = Version;
        RandomNumberGenerator.Fill(blob.AsSpan(NonceAt, NonceBytes));
        BinaryPrimitives.WriteInt32LittleEndian(blob.AsSpan(LengthAt), raw.Length);
        int length = compressor.Wrap(raw, blob.AsSpan(HeaderBytes));
        return blob[..(HeaderBytes + length)];
    }

    /// <summary>Checks that a blob is what its name says, and decompresses it.</summary>
    /// <param name="name">For messages.</param>
    /// <param name="longest">What the raw length may be.</param>
    /// <param name="allocate">Gives room of at least the length asked for.</param>
    public static Outcome<ReadOnlyMemory<byte>> Open(
        string name, Hash256 id, ReadOnlySpan<byte> magic, ReadOnlySpan<byte> blob, int longest, Func<int, byte[]> allocate)
    {
        if (Hash256.Of(blob) != id)
        {
            return Damage.Fault(name, "its bytes do not have the SHA-256 that its name gives");
        }

        if (blob.Length < HeaderBytes || !blob.StartsWith(magic))
        {
            return Damage.Fault(name, "it does not begin as such a file does");
        }

        if (blob[magic.Length] != Version)
        {
            return new Fault(FaultKind.FailedPrecondition, $"{name} in the store has format version {blob[magic.Length]}, and this program reads version {Version}: use a newer program");
        }

        int length = BinaryPrimitives.ReadInt32LittleEndian(blob[LengthAt..]);
        if (length < 0 || length > longest)
        {
            return Damage.Fault(name, $"its raw length is {length}, not 0 to {longest}");
        }

        byte[] raw = allocate(length);
        try
        {
            using var decompressor = new Decompressor();
            int got = decompressor.Unwrap(blob[HeaderBytes..], raw.AsSpan(0, length));
            return got == length ? new ReadOnlyMemory<byte>(raw, 0, length) : Damage.Fault(name, $"it holds {got} bytes, and {length} were promised");
        }
        catch (ZstdException e)
        {
            return Damage.Fault(name, $"it does not decompress ({e.Message})");
        }
    }
}
