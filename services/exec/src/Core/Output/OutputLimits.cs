using PvExec.Kernel;
using PvExec.Kernel.Configuration;

namespace PvExec.Exec.Core.Output;

/// <summary>How much of each output stream of a run its caller wants kept, and where.</summary>
public sealed record OutputLimits
{
    public static readonly OutputLimits Default = new();

    /// <summary>The most of one stream, head and tail, that a caller can have kept in memory.</summary>
    public const long MaxMemoryBytes = 16L << 20;

    /// <summary>The most of one stream, head and tail, that a caller can have kept on disk.</summary>
    public const long MaxDiskBytes = 4L << 30;

    /// <summary>How much of the beginning; null: as the daemon's default.</summary>
    public long? HeadBytes { get; init; }

    /// <summary>How much of the end; null: as the daemon's default.</summary>
    public long? TailBytes { get; init; }

    /// <summary>In a file on disk, not in memory.</summary>
    public bool OnDisk { get; init; }

    /// <param name="defaultHead">What is kept of the beginning when the caller says nothing.</param>
    /// <param name="defaultTail">What is kept of the end when the caller says nothing.</param>
    /// <returns>Null, or what is wrong and what to do.</returns>
    public Fault? Problem(long defaultHead, long defaultTail)
    {
        if (HeadBytes is null && TailBytes is null)
        {
            return null;
        }

        long head = HeadBytes ?? defaultHead;
        long tail = TailBytes ?? defaultTail;
        long most = OnDisk ? MaxDiskBytes : MaxMemoryBytes;
        if (head >= 0 && tail >= 0 && head <= most && tail <= most - head)
        {
            return null;
        }

        string instead = OnDisk ? "" : $", or have it kept on disk (on_disk), up to {ByteSize.Text(MaxDiskBytes)}";
        return new Fault(
            FaultKind.InvalidArgument,
            $"output: head_bytes {Unsigned(head)} and tail_bytes {Unsigned(tail)} are together more than {ByteSize.Text(most)}, the most that is kept of a stream {(OnDisk ? "on disk" : "in memory")}: ask for less{instead}");
    }

    /// <summary>What is kept of a stream, at least.</summary>
    /// <param name="leastHead">Kept of the beginning in any case.</param>
    /// <param name="leastTail">Kept of the end in any case.</param>
    public StreamWindow Window(long defaultHead, long defaultTail, long leastHead, long leastTail) =>
        StreamWindow.Of(Math.Max(HeadBytes ?? defaultHead, leastHead), Math.Max(TailBytes ?? defaultTail, leastTail));

    /// <summary>A caller's number beyond the signed ones came in as a negative one.</summary>
    private static ulong Unsigned(long bytes) => (ulong)bytes;
}
