using System.Buffers;
using System.Buffers.Binary;
using MessagePack;
using Microsoft.Win32.SafeHandles;
using PvExec.Exec.Engine;
using PvExec.Linux.Files;

namespace PvExec.Exec.Succession;

/// <summary>Runs that wait, in a file in memory that outlives this service.</summary>
/// <remarks>
/// Records one behind the other: the length of what follows the eight bytes, whether the run waits (1) or no more (0), each in four
/// bytes, then the run (<see cref="WaitingRunRecord"/>). The eight bytes are written last, so a record is there as a whole or not
/// at all. Not for several threads.
/// </remarks>
internal sealed class WaitingFile : IDisposable
{
    private const int HeaderBytes = 8;
    private const int StateAt = 4;

    private readonly SafeFileHandle _file;
    private long _end;

    public WaitingFile()
        : this(MemoryFile.Create("pv-exec waiting", []))
    {
    }

    private WaitingFile(SafeFileHandle file) => _file = file;

    /// <summary>To be kept.</summary>
    public SafeFileHandle Handle => _file;

    /// <summary>How many bytes there are, those of runs that wait no more too.</summary>
    public long Length => _end;

    /// <summary>Those that wait, as an instance that was killed has left them.</summary>
    /// <exception cref="MessagePackSerializationException">It holds something else.</exception>
    public static IReadOnlyList<WaitingRun> Read(SafeFileHandle file)
    {
        var runs = new List<WaitingRun>();
        Span<byte> header = stackalloc byte[HeaderBytes];
        for (long at = 0; RandomAccess.Read(file, header, at) == HeaderBytes && BinaryPrimitives.ReadInt32LittleEndian(header) is var length and > 0; at += HeaderBytes + length)
        {
            if (BinaryPrimitives.ReadInt32LittleEndian(header[StateAt..]) != 0)
            {
                var record = new byte[length];
                RandomAccess.Read(file, record, at + HeaderBytes);
                var reader = new MessagePackReader(record);
                runs.Add(WaitingRunRecord.Read(ref reader));
            }
        }

        return runs;
    }

    /// <returns>Where the record is, and how long.</returns>
    /// <exception cref="IOException">No memory is left.</exception>
    public (long At, int Length) Add(WaitingRun run)
    {
        var buffer = new ArrayBufferWriter<byte>();
        buffer.GetSpan(HeaderBytes);
        buffer.Advance(HeaderBytes);
        var writer = new MessagePackWriter(buffer);
        WaitingRunRecord.Write(ref writer, run);
        writer.Flush();
        ReadOnlySpan<byte> record = buffer.WrittenSpan[HeaderBytes..];
        Span<byte> header = stackalloc byte[HeaderBytes];
        BinaryPrimitives.WriteInt32LittleEndian(header, record.Length);
        BinaryPrimitives.WriteInt32LittleEndian(header[StateAt..], 1);
        long at = _end;
        RandomAccess.Write(_file, record, at + HeaderBytes);
        RandomAccess.Write(_file, header, at);
        _end += HeaderBytes + record.Length;
        return (at, HeaderBytes + record.Length);
    }

    /// <summary>Of the record there, with its eight bytes.</summary>
    public int LengthAt(long at)
    {
        Span<byte> length = stackalloc byte[StateAt];
        RandomAccess.Read(_file, length, at);
        return HeaderBytes + BinaryPrimitives.ReadInt32LittleEndian(length);
    }

    /// <summary>The run waits no more; its input's memory is given back.</summary>
    public void Remove((long At, int Length) record)
    {
        RandomAccess.Write(_file, new byte[HeaderBytes - StateAt], record.At + StateAt);
        FileHole.Punch(_file, record.At + HeaderBytes, record.Length - HeaderBytes);
    }

    public void Dispose() => _file.Dispose();
}
