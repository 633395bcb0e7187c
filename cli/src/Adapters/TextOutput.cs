using PvExec.Linux;
using PvExec.Linux.Files;

namespace PvExec.Cli.Adapters;

/// <summary>Standard output or standard error for lines of text.</summary>
/// <param name="descriptor">Its number.</param>
/// <param name="dropsUnread">What nobody reads any more, or could from the start, is dropped without a word; else it is an error.</param>
internal sealed class TextOutput(int descriptor, bool dropsUnread) : Stream
{
    private readonly DescriptorStream _stream = new(descriptor);

    public override bool CanRead => false;

    public override bool CanSeek => false;

    public override bool CanWrite => true;

    public override long Length => throw new NotSupportedException();

    public override long Position { get => throw new NotSupportedException(); set => throw new NotSupportedException(); }

    public override void Write(byte[] buffer, int offset, int count) => Write(buffer.AsSpan(offset, count));

    /// <exception cref="SystemCallException">There is no room, or no reader.</exception>
    public override void Write(ReadOnlySpan<byte> buffer)
    {
        try
        {
            _stream.Write(buffer);
        }
        catch (SystemCallException e) when (e.Errno == Errno.EIO || (dropsUnread && e.Errno is Errno.EPIPE or Errno.EBADF))
        {
            // The terminal was hung up; or messages have no reader, or were closed from the start.
            return;
        }
    }

    public override void Flush()
    {
        // Nothing is held back.
    }

    public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    public override void SetLength(long value) => throw new NotSupportedException();
}
