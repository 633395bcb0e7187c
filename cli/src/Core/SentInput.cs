using Google.Protobuf;

namespace PvExec.Cli.Core;

/// <summary>
/// The last of the standard input that was sent, kept so that a connection in place of a broken one goes on exactly where the
/// run's own count says. More than this is never under way: buffers between here and the daemon are bounded.
/// </summary>
public sealed class SentInput
{
    /// <summary>Well above what the windows of two HTTP/2 connections and the daemon's room for input hold together.</summary>
    public const int MaxBytes = 16 * 1024 * 1024;

    private readonly Queue<ByteString> _pieces = new();
    private long _kept;

    /// <summary>How many bytes have been sent, from the beginning.</summary>
    public long Length { get; private set; }

    /// <param name="start">What was sent with the start.</param>
    public static SentInput Beginning(ByteString start)
    {
        var sent = new SentInput();
        sent.Add(start);
        return sent;
    }

    /// <summary>Notes a piece that is being sent.</summary>
    public void Add(ByteString piece)
    {
        _pieces.Enqueue(piece);
        Length += piece.Length;
        _kept += piece.Length;
        while (_kept - _pieces.Peek().Length >= MaxBytes)
        {
            _kept -= _pieces.Dequeue().Length;
        }
    }

    /// <summary>What was sent from that byte on; null when it is kept no longer, or was never sent.</summary>
    public IReadOnlyList<ByteString>? From(long offset)
    {
        long at = Length - _kept;
        if (offset < at || offset > Length)
        {
            return null;
        }

        var rest = new List<ByteString>();
        foreach (ByteString piece in _pieces)
        {
            if (at + piece.Length > offset)
            {
                rest.Add(offset > at ? ByteString.CopyFrom(piece.Span[(int)(offset - at)..]) : piece);
            }

            at += piece.Length;
        }

        return rest;
    }
}
