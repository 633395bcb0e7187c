using System.Threading.Channels;

namespace PvExec.Cli.Tests.Rig;

/// <summary>Standard input that a test writes to; it ends when the test says so.</summary>
internal sealed class TypedInput : Stream
{
    private readonly Channel<byte[]> _pieces = Channel.CreateUnbounded<byte[]>();

    public override bool CanRead => true;

    public override bool CanSeek => false;

    public override bool CanWrite => false;

    public override long Length => throw new NotSupportedException();

    public override long Position { get => throw new NotSupportedException(); set => throw new NotSupportedException(); }

    public void Type(ReadOnlySpan<byte> bytes) => _pieces.Writer.TryWrite(bytes.ToArray());

    public void End() => _pieces.Writer.TryComplete();

    /// <summary>Pieces are smaller than what is read at once.</summary>
    public override int Read(byte[] buffer, int offset, int count)
    {
        if (!_pieces.Reader.WaitToReadAsync().AsTask().GetAwaiter().GetResult() || !_pieces.Reader.TryRead(out byte[]? piece))
        {
            return 0;
        }

        piece.CopyTo(buffer, offset);
        return piece.Length;
    }

    public override void Flush()
    {
        // Nothing is written.
    }

    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    public override void SetLength(long value) => throw new NotSupportedException();

    public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();
}
