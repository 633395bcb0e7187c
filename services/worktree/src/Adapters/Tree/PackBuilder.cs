using PvExec.Worktrees.Core.Format;
using PvExec.Worktrees.Core.Snapshots;
using ZstdSharp;

namespace PvExec.Worktrees.Adapters.Tree;

/// <summary>Fills packs with content that is not stored yet. For one thread; several share the index and the sink.</summary>
/// <param name="expectedBytes">How much is to come: small saves take little memory.</param>
/// <param name="sink">Takes each pack; may wait, which bounds the memory.</param>
internal sealed class PackBuilder(PieceIndex index, long expectedBytes, Action<SealedPack> sink) : IDisposable
{
    private readonly Compressor _compressor = new(PackBlob.Level);
    private readonly List<(Hash256 Hash, int Offset, int Length)> _pieces = [];
    private byte[] _raw = GC.AllocateUninitializedArray<byte>((int)Math.Clamp(expectedBytes, 4096, PackBlob.LongestBytes));
    private int _filled;

    /// <summary>Where the next piece is to be read to.</summary>
    /// <param name="length">At most <see cref="PackBlob.PieceBytes"/>.</param>
    public Span<byte> Room(int length)
    {
        if (_raw.Length - _filled < length)
        {
            Array.Resize(ref _raw, Math.Max(_filled + length, Math.Min(2 * _raw.Length, PackBlob.LongestBytes)));
        }

        return _raw.AsSpan(_filled, length);
    }

    /// <summary>Takes what was read to the room, unless the same content is stored already.</summary>
    public Hash256 Add(int length)
    {
        Hash256 hash = Hash256.Of(_raw.AsSpan(_filled, length));
        if (index.Claim(hash))
        {
            _pieces.Add((hash, _filled, length));
            _filled += length;
            if (_filled >= PackBlob.FullBytes)
            {
                Seal();
            }
        }

        return hash;
    }

    /// <summary>Closes the last pack, full or not.</summary>
    public void Seal()
    {
        if (_filled == 0)
        {
            return;
        }

        byte[] blob = PackBlob.Seal(_raw.AsSpan(0, _filled), _compressor);
        var pack = new Pack(Hash256.Of(blob), _filled, blob.Length);
        foreach ((Hash256 hash, int offset, int length) in _pieces)
        {
            index.Set(new Piece(hash, length, pack, offset));
        }

        sink(new SealedPack(pack, blob));
        _pieces.Clear();
        _filled = 0;
    }

    public void Dispose() => _compressor.Dispose();
}
