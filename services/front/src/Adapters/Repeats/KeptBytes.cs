using System.Buffers;

namespace PvExec.Front.Adapters.Repeats;

/// <summary>The start of a request's body, in rented pieces. Not safe for use by several threads.</summary>
internal sealed class KeptBytes(KeptBytesBudget budget)
{
    /// <summary>The largest message of the contract, its five bytes of framing, and some room for a message or two before it.</summary>
    public const int MaxLength = (10 * 1024 * 1024) + (64 * 1024);

    private const int MinPiece = 4 * 1024;
    private const int MaxPiece = 64 * 1024;

    private readonly List<byte[]> _pieces = [];
    private readonly List<int> _filled = [];
    private long _length;
    private long _reserved;

    /// <summary>Keeps a copy of all, or of nothing.</summary>
    /// <returns>False when there is no room for it, in this call or in all of them.</returns>
    public bool TryAppend(ReadOnlySpan<byte> bytes)
    {
        int room = _pieces.Count == 0 ? 0 : _pieces[^1].Length - _filled[^1];
        int missing = bytes.Length <= room ? 0 : Math.Max(bytes.Length - room, MinPiece);
        if (_length + bytes.Length > MaxLength || !budget.TryTake(missing))
        {
            return false;
        }

        _reserved += missing;
        _length += bytes.Length;
        while (!bytes.IsEmpty)
        {
            if (room == 0)
            {
                _pieces.Add(ArrayPool<byte>.Shared.Rent(Math.Clamp(bytes.Length, MinPiece, MaxPiece)));
                _filled.Add(0);
                room = _pieces[^1].Length;
            }

            int count = Math.Min(room, bytes.Length);
            bytes[..count].CopyTo(_pieces[^1].AsSpan(_filled[^1]));
            _filled[^1] += count;
            bytes = bytes[count..];
            room = 0;
        }

        return true;
    }

    /// <summary>A piece of what follows the first <paramref name="position"/> bytes; empty at the end.</summary>
    public ReadOnlyMemory<byte> From(long position)
    {
        for (int i = 0; i < _pieces.Count; i++)
        {
            if (position < _filled[i])
            {
                return _pieces[i].AsMemory((int)position, _filled[i] - (int)position);
            }

            position -= _filled[i];
        }

        return default;
    }

    /// <summary>Forgets all.</summary>
    /// <param name="isRead">Somebody may still read a piece: the collector gets them, not the pool.</param>
    public void Release(bool isRead)
    {
        budget.Give(_reserved);
        _reserved = 0;
        if (!isRead)
        {
            _pieces.ForEach(piece => ArrayPool<byte>.Shared.Return(piece));
        }

        _pieces.Clear();
        _filled.Clear();
    }
}
