using System.Threading.Channels;
using Google.Protobuf;

namespace PvExec.Cli.Calls;

/// <summary>Standard input, read on a thread of its own from <see cref="Start"/> on, a few pieces ahead at most.</summary>
internal sealed class StandardInput(Stream input)
{
    private const int PieceBytes = 64 * 1024;
    private const int PiecesAhead = 4;

    private readonly Channel<ByteString> _pieces = Channel.CreateBounded<ByteString>(PiecesAhead);

    /// <summary>What is left to be taken; completed at the end, with an error when it could not be read.</summary>
    public ChannelReader<ByteString> Pieces => _pieces.Reader;

    public void Start() => new Thread(Read) { IsBackground = true, Name = "standard input" }.Start();

    /// <summary>Takes what comes until the end, or until <paramref name="most"/> bytes or the time are reached.</summary>
    /// <returns>What came, in pieces of at most 64 KiB, and whether that is all.</returns>
    /// <exception cref="IOException">It cannot be read.</exception>
    public async Task<(IReadOnlyList<ByteString> Pieces, bool IsAll)> CollectAsync(long most, CancellationToken time)
    {
        var parts = new List<ByteString>();
        long length = 0;
        try
        {
            while (await Pieces.WaitToReadAsync(time))
            {
                while (length <= most && Pieces.TryRead(out ByteString? piece))
                {
                    parts.Add(piece);
                    length += piece.Length;
                }

                if (length > most)
                {
                    return (parts, false);
                }
            }

            return (parts, true);
        }
        catch (OperationCanceledException)
        {
            return (parts, false);
        }
    }

    public static ByteString Join(IReadOnlyList<ByteString> parts)
    {
        if (parts.Count < 2)
        {
            return parts.Count == 0 ? ByteString.Empty : parts[0];
        }

        var all = new byte[parts.Sum(part => (long)part.Length)];
        int at = 0;
        foreach (ByteString part in parts)
        {
            part.CopyTo(all, at);
            at += part.Length;
        }

        return UnsafeByteOperations.UnsafeWrap(all);
    }

    private void Read()
    {
        var buffer = new byte[PieceBytes];
        try
        {
            int count;
            while ((count = input.Read(buffer)) > 0)
            {
                // Waits here, not in memory, until somebody has taken what was read before.
                _pieces.Writer.WriteAsync(ByteString.CopyFrom(buffer, 0, count)).AsTask().GetAwaiter().GetResult();
            }

            _pieces.Writer.Complete();
        }
        catch (IOException e)
        {
            _pieces.Writer.Complete(e);
        }
    }
}
