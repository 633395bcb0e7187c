using System.Buffers;
using System.Buffers.Binary;
using MessagePack;
using Microsoft.Win32.SafeHandles;
using PvExec.Exec.Engine;
using PvExec.Linux.Files;

namespace PvExec.Exec.Succession;

/// <summary>Runs that wait, in a file in memory that outlives this service.</summary>
/// <remarks>
/// Records one behind the other: the length of what follows the eight bytes, whether the run waits (1) or does not (0), each in four
/// bytes, then the run (<see cref="WaitingRunRecord"/>). A record is one of a run that waits only when all of it is there. Places are given and records
/// marked by one thread at a time; what fills a place may be written beside that.
/// </remarks>
internal sealed class WaitingFile : IDisposable
{
    private const int StateAt = 4;
    private const int CopiedAtOnce = 64 * 1024;

    /// <summary>What a record that waits no more may still take: its first and its last page, which others share.</summary>
    private const int LeftOfOne = 8 * 1024;

    private static readonly byte[] s_waits = [1, 0, 0, 0];
    private static readonly byte[] s_waitsNoMore = [0, 0, 0, 0];

    private readonly SafeFileHandle _file = MemoryFile.Create("pv-exec waiting", []);
    private long _end;

    /// <param name="name">Under which it is kept.</param>
    public WaitingFile(string name) => Name = name;

    public string Name { get; }

    /// <summary>To be kept.</summary>
    public SafeFileHandle Handle => _file;

    /// <summary>How many bytes the records of runs that wait have together.</summary>
    public long WaitingBytes { get; private set; }

    /// <summary>How many bytes there may be that are nobody's.</summary>
    public long WasteBytes { get; private set; }

    /// <summary>Those that wait, as an instance that was killed has left them.</summary>
    /// <exception cref="MessagePackSerializationException">It holds something else.</exception>
    public static IReadOnlyList<WaitingRun> Read(SafeFileHandle file)
    {
        var runs = new List<WaitingRun>();
        Span<byte> header = stackalloc byte[WaitingRecord.HeaderBytes];
        for (long at = 0; RandomAccess.Read(file, header, at) == header.Length && BinaryPrimitives.ReadInt32LittleEndian(header) is var length and > 0; at += header.Length + length)
        {
            if (BinaryPrimitives.ReadInt32LittleEndian(header[StateAt..]) != 0)
            {
                var record = new byte[length];
                RandomAccess.Read(file, record, at + header.Length);
                var reader = new MessagePackReader(record);
                runs.Add(WaitingRunRecord.Read(ref reader));
            }
        }

        return runs;
    }

    /// <summary>Takes a place for a record, of a run that does not wait yet.</summary>
    /// <exception cref="IOException">No memory is left.</exception>
    public long Reserve(WaitingRecord record)
    {
        long at = _end;
        RandomAccess.Write(_file, record.Header, at);
        _end += record.Length;
        return at;
    }

    /// <exception cref="IOException">No memory is left.</exception>
    public void Fill(long at, WaitingRecord record) => RandomAccess.Write(_file, record.Parts, at + WaitingRecord.HeaderBytes);

    /// <summary>The place is filled: the run waits.</summary>
    public void Mark(long at, int length)
    {
        RandomAccess.Write(_file, s_waits, at + StateAt);
        WaitingBytes += length;
    }

    /// <summary>The run waits no more; the record's memory is given back.</summary>
    public void Remove(long at, int length)
    {
        RandomAccess.Write(_file, s_waitsNoMore, at + StateAt);
        WaitingBytes -= length;
        GiveBack(at, length);
    }

    /// <summary>The place was not filled.</summary>
    public void GiveBack(long at, int length)
    {
        WasteBytes += Math.Min(length, LeftOfOne);
        FileHole.Punch(_file, at + WaitingRecord.HeaderBytes, length - WaitingRecord.HeaderBytes);
    }

    /// <summary>Copies a record of a run that waits to the end of another file.</summary>
    /// <returns>Where it is there.</returns>
    /// <exception cref="IOException">No memory is left.</exception>
    public long CopyTo(WaitingFile other, long at, int length)
    {
        byte[] bytes = ArrayPool<byte>.Shared.Rent(Math.Min(length, CopiedAtOnce));
        try
        {
            long to = other._end;
            for (int copied = 0; copied < length;)
            {
                Span<byte> some = bytes.AsSpan(0, Math.Min(length - copied, bytes.Length));
                int read = RandomAccess.Read(_file, some, at + copied);
                if (read == 0)
                {
                    throw new EndOfStreamException($"a record of {length} bytes ends after {copied}");
                }

                if (copied == 0)
                {
                    // Not before all of it is there.
                    s_waitsNoMore.CopyTo(some[StateAt..]);
                }

                RandomAccess.Write(other._file, some[..read], to + copied);
                copied += read;
            }

            other._end += length;
            other.Mark(to, length);
            return to;
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(bytes);
        }
    }

    public byte[] ReadBytes(long at, int length)
    {
        var bytes = new byte[length];
        for (int filled = 0; filled < length;)
        {
            int read = RandomAccess.Read(_file, bytes.AsSpan(filled), at + filled);
            filled += read > 0 ? read : throw new EndOfStreamException($"an input of {length} bytes ends after {filled}");
        }

        return bytes;
    }

    public void Dispose() => _file.Dispose();
}
