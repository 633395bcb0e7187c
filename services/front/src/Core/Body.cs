using System.Buffers;

namespace PvExec.Front.Core;

/// <summary>
/// Bytes on their way from one side to the other, in rented pieces. While it keeps them, what was read stays, and can be
/// read once more from the start. Not thread-safe.
/// </summary>
public sealed class Body
{
    private const int FirstPiece = 256;
    private const int NextPiece = 4096;

    private readonly List<Piece> _pieces = [];
    private int _reading; // the piece that is read
    private int _offset; // in it
    private long _position; // from the start of the body
    private long _furthest; // how far it was ever read
    private KeptBytesBudget? _budget;
    private int _mostKept;
    private long _taken;

    /// <summary>What was not read, or has to be read again.</summary>
    public long Unread { get; private set; }

    /// <summary>What was never read.</summary>
    public long NeverRead => _position + Unread - _furthest;

    public bool IsKept => _budget is not null;

    /// <summary>Whether all of it can be read from the start: it is kept, or nothing was ever read.</summary>
    public bool CanRewind => IsKept || _furthest == 0;

    /// <summary>It is not kept any more since it came to more than a body may have; otherwise, since all together did.</summary>
    public bool IsTooLong { get; private set; }

    /// <summary>To be called before anything is appended.</summary>
    public void Keep(KeptBytesBudget budget, int most)
    {
        _budget = budget;
        _mostKept = most;
    }

    public void Append(ReadOnlySpan<byte> bytes)
    {
        if (_budget is not null)
        {
            IsTooLong = _taken + bytes.Length > _mostKept;
            if (!IsTooLong && _budget.TryTake(bytes.Length))
            {
                _taken += bytes.Length;
            }
            else
            {
                StopKeeping();
            }
        }

        Unread += bytes.Length;
        while (!bytes.IsEmpty)
        {
            Piece last = _pieces.Count > 0 ? _pieces[^1] : default;
            if (last.Bytes is null || last.Count == last.Bytes.Length)
            {
                last = new Piece(ArrayPool<byte>.Shared.Rent(Math.Max(bytes.Length, _pieces.Count == 0 ? FirstPiece : NextPiece)), 0);
                _pieces.Add(last);
            }

            int count = Math.Min(last.Bytes.Length - last.Count, bytes.Length);
            bytes[..count].CopyTo(last.Bytes.AsSpan(last.Count));
            _pieces[^1] = last with { Count = last.Count + count };
            bytes = bytes[count..];
        }
    }

    /// <param name="isNew">How much of that is read for the first time.</param>
    public int Read(Span<byte> target, out int isNew)
    {
        int copied = 0;
        while (copied < target.Length && Unread > copied)
        {
            Piece piece = _pieces[_reading];
            if (_offset == piece.Count)
            {
                _reading++;
                _offset = 0;
                continue;
            }

            int count = Math.Min(piece.Count - _offset, target.Length - copied);
            piece.Bytes.AsSpan(_offset, count).CopyTo(target[copied..]);
            copied += count;
            _offset += count;
        }

        _position += copied;
        Unread -= copied;
        isNew = (int)Math.Clamp(_position - _furthest, 0, copied);
        _furthest = Math.Max(_furthest, _position);
        if (_budget is null)
        {
            DropRead();
        }

        return copied;
    }

    /// <summary>To the start; only while <see cref="CanRewind"/>.</summary>
    public void Rewind()
    {
        Unread += _position;
        _position = 0;
        _reading = 0;
        _offset = 0;
    }

    public void StopKeeping()
    {
        if (_budget is not null)
        {
            _budget.Give(_taken);
            _budget = null;
            _taken = 0;
            DropRead();
        }
    }

    /// <summary>Forgets all, for another body.</summary>
    public void Clear()
    {
        StopKeeping();
        _pieces.ForEach(piece => ArrayPool<byte>.Shared.Return(piece.Bytes));
        _pieces.Clear();
        _reading = 0;
        _offset = 0;
        _position = 0;
        _furthest = 0;
        IsTooLong = false;
        Unread = 0;
    }

    private void DropRead()
    {
        if (Unread == 0)
        {
            _reading = _pieces.Count;
            _offset = 0;
        }

        for (int i = 0; i < _reading; i++)
        {
            ArrayPool<byte>.Shared.Return(_pieces[i].Bytes);
        }

        _pieces.RemoveRange(0, _reading);
        _reading = 0;
    }

    private readonly record struct Piece(byte[] Bytes, int Count);
}
