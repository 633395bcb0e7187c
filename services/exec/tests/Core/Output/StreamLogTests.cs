using PvExec.Exec.Core.Output;

namespace PvExec.Exec.Tests.Core.Output;

public sealed class StreamLogTests
{
    private const int Step = (int)StreamWindow.StepBytes;

    private readonly MemoryBytes _bytes = new();
    private readonly RunOutput _output = new(StreamWindow.Of(4096, Step), StreamWindow.Of(0, 0));

    public StreamLogTests() => _output.Open(_bytes, new MemoryBytes());

    private StreamLog Log => _output.Standard;

    [Fact]
    public void Head_and_tail_are_read_as_they_were_written_with_a_gap_between()
    {
        byte[] all = Write(5 * Step, 1000);
        (byte[] read, long missing) = ReadAll();

        Assert.Equal(all.Length, read.Length + missing);
        Assert.InRange(missing, 3 * Step, 4 * Step);
        Assert.Equal(all.AsSpan(0, 4096), read.AsSpan(0, 4096));
        Assert.Equal(all.AsSpan(4096 + (int)missing), read.AsSpan(4096));
        Assert.Equal(read.Length, Log.KeptBytes);
    }

    [Fact]
    public void Without_more_than_is_kept_nothing_is_missing()
    {
        byte[] all = Write(4096 + Step, 777);
        (byte[] read, long missing) = ReadAll();
        Assert.Equal(all, read);
        Assert.Equal(0, missing);
    }

    [Fact]
    public void An_instance_that_goes_on_with_a_stream_sees_the_same_gap()
    {
        Write(5 * Step, 5000);
        (byte[] before, long missing) = ReadAll();
        var next = new RunOutput(Log.Window, Log.Window);
        next.Open(_bytes, new MemoryBytes());

        (byte[] after, long missingAfter) = ReadAll(next.Standard);
        Assert.Equal(before, after);
        Assert.Equal(missing, missingAfter);
    }

    [Fact]
    public void A_reader_at_the_end_is_told_whether_more_may_come()
    {
        Write(10, 10);
        Assert.Equal(StreamPieceKind.NothingYet, Log.Read(10, new byte[1]).Kind);
        Log.End();
        Assert.Equal(StreamPieceKind.End, Log.Read(10, new byte[1]).Kind);
        Assert.Equal(StreamPieceKind.Bytes, Log.Read(9, new byte[1]).Kind);
    }

    [Fact]
    public void A_change_wakes_whoever_asked_before_it()
    {
        Task changed = _output.Changes.Next();
        Assert.False(changed.IsCompleted);
        Write(1, 1);
        Assert.True(changed.IsCompleted);
        Assert.False(_output.Changes.Next().IsCompleted);
    }

    [Fact]
    public void The_bytes_are_kept_while_anybody_holds_them()
    {
        Assert.True(_output.TryHold());
        _output.Release();
        Assert.False(_bytes.IsDisposed);
        _output.Release();
        Assert.True(_bytes.IsDisposed);
        Assert.False(_output.TryHold());
    }

    [Fact]
    public void The_tail_of_the_errors_is_their_end()
    {
        var error = new MemoryBytes();
        var output = new RunOutput(StreamWindow.Of(0, 0), StreamWindow.Of(0, 10));
        output.Open(new MemoryBytes(), error);
        error.Add("abcdef"u8);
        output.Error.Grow(6);

        Assert.Equal("def"u8.ToArray(), output.ErrorTail(3));
        Assert.Equal("abcdef"u8.ToArray(), output.ErrorTail(100));
    }

    private byte[] Write(int count, int each)
    {
        var all = new byte[count];
        new Random(count).NextBytes(all);
        for (int at = 0; at < count; at += each)
        {
            ReadOnlySpan<byte> part = all.AsSpan(at, Math.Min(each, count - at));
            _bytes.Add(part);
            Log.Grow(part.Length);
        }

        return all;
    }

    private (byte[] Bytes, long Missing) ReadAll(StreamLog? log = null)
    {
        log ??= Log;
        var bytes = new List<byte>();
        long missing = 0;
        var buffer = new byte[999];
        while (log.Read(bytes.Count + missing, buffer) is { Length: > 0 } piece)
        {
            if (piece.Kind == StreamPieceKind.Gap)
            {
                missing += piece.Length;
            }
            else
            {
                bytes.AddRange(buffer.AsSpan(0, (int)piece.Length));
            }
        }

        return ([.. bytes], missing);
    }
}
