using System.Buffers;
using System.Buffers.Binary;
using MessagePack;
using PvExec.Exec.Engine;

namespace PvExec.Exec.Succession;

/// <summary>A run that waits, as it is written into a <see cref="WaitingFile"/>: eight bytes, what comes before its input, the input itself, which is not copied, and what comes behind.</summary>
internal sealed class WaitingRecord
{
    public const int HeaderBytes = 8;

    private readonly ReadOnlyMemory<byte> _before;
    private readonly ReadOnlyMemory<byte> _input;
    private readonly ReadOnlyMemory<byte> _behind;

    public WaitingRecord(WaitingRun run)
    {
        _before = Bytes(run, WaitingRunRecord.WriteHead);
        _input = run.Request.Input;
        _behind = Bytes(run, WaitingRunRecord.WriteTail);
    }

    private delegate void Part(ref MessagePackWriter writer, WaitingRun run);

    /// <summary>All of it.</summary>
    public int Length => HeaderBytes + _before.Length + _input.Length + _behind.Length;

    /// <summary>Where the input is in it.</summary>
    public int InputAt => HeaderBytes + _before.Length;

    public int InputLength => _input.Length;

    /// <summary>The first of the eight bytes: how long what follows them is.</summary>
    public byte[] Header
    {
        get
        {
            byte[] header = new byte[HeaderBytes];
            BinaryPrimitives.WriteInt32LittleEndian(header, Length - HeaderBytes);
            return header;
        }
    }

    /// <summary>What follows the eight bytes.</summary>
    public IReadOnlyList<ReadOnlyMemory<byte>> Parts => [_before, _input, _behind];

    private static ReadOnlyMemory<byte> Bytes(WaitingRun run, Part part)
    {
        var buffer = new ArrayBufferWriter<byte>();
        var writer = new MessagePackWriter(buffer);
        part(ref writer, run);
        writer.Flush();
        return buffer.WrittenMemory;
    }
}
