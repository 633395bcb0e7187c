using System.Buffers.Binary;
using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;
using PvExec.Exec.Adapters.Output;
using PvExec.Exec.Core.Output;
using PvExec.Exec.Core.Runs;
using PvExec.Linux.Files;

namespace PvExec.Exec.Adapters;

/// <summary>
/// What is to be known of a run when this service is killed, beside its note, which says what was known at the start: a
/// file in memory that pv-init keeps. Only runs that need one have it.
/// </summary>
/// <remarks>
/// 64 bytes, then the <see cref="FinishPlan"/> if there is one. Byte 0 is the version, 1 why its processes were made to
/// end (0: they were not), 2 whether <c>finish</c> is over, 3 whether the output is on disk, 4 whether it was told that the locks are free again; from 8 on the part of standard
/// output that could not be kept, its start and its end, and from 24 on that of standard error. Each value is written
/// before what it speaks of is done, by the one instance that decides.
/// </remarks>
public sealed class RunJournal : IDisposable
{
    private const byte Version = 1;
    private const int HeaderBytes = 64;
    private const int EndReasonAt = 1;
    private const int FinishOverAt = 2;
    private const int OnDiskAt = 3;
    private const int FreedAt = 4;
    private const int StandardGapAt = 8;
    private const int ErrorGapAt = 24;

    private readonly SafeFileHandle _file;

    private RunJournal(SafeFileHandle file) => _file = file;

    /// <summary>To be kept by pv-init.</summary>
    public SafeHandle Handle => _file;

    /// <summary>Whether <c>finish</c> is to be run at the end.</summary>
    public bool HasFinish => FinishBytes > 0;

    /// <summary>How much memory the plan of <c>finish</c> takes, most of it the environment that callers give.</summary>
    public long FinishBytes => Math.Max(0, RandomAccess.GetLength(_file) - HeaderBytes);

    /// <summary>Whether <c>finish</c> could not be started, so that nobody is to try again.</summary>
    public bool IsFinishOver
    {
        get => ReadByte(FinishOverAt) != 0;
        set => WriteByte(FinishOverAt, value ? (byte)1 : (byte)0);
    }

    /// <summary>Whether those who listen were told that the run's locks are free again.</summary>
    public bool IsFreed
    {
        get => ReadByte(FreedAt) != 0;
        set => WriteByte(FreedAt, value ? (byte)1 : (byte)0);
    }

    public bool IsOnDisk => ReadByte(OnDiskAt) != 0;

    /// <summary>Why the run's processes were told to end, <see cref="EndSignal.TimeIsUp"/> or <see cref="EndSignal.Cancel"/>: the first reason. Null when they were not.</summary>
    public EndSignal? EndReason => ReadByte(EndReasonAt) is var noted and > 0 ? (EndSignal)(noted - 1) : null;

    /// <exception cref="IOException">No descriptor or no memory is left.</exception>
    public static RunJournal Create(FinishPlan? finish, bool onDisk)
    {
        byte[] plan = finish?.ToBytes() ?? [];
        var content = new byte[HeaderBytes + plan.Length];
        content[0] = Version;
        content[OnDiskAt] = onDisk ? (byte)1 : (byte)0;
        plan.CopyTo(content, HeaderBytes);
        return new RunJournal(MemoryFile.Create("pv-exec journal", content));
    }

    /// <summary>One that an earlier instance wrote.</summary>
    /// <param name="handle">Taken over.</param>
    public static RunJournal Open(SafeHandle handle) => new(StreamFile.Own(handle));

    /// <returns>Null when there is none.</returns>
    public FinishPlan? ReadFinish()
    {
        var plan = new byte[FinishBytes];
        RandomAccess.Read(_file, plan, HeaderBytes);
        return plan.Length == 0 ? null : FinishPlan.Parse(plan);
    }

    /// <summary>Before the processes are told to end; a second reason changes nothing.</summary>
    public void NoteEnd(EndSignal reason)
    {
        if (EndReason is null)
        {
            WriteByte(EndReasonAt, (byte)((int)reason + 1));
        }
    }

    /// <summary>The part of a stream that could not be kept.</summary>
    public StreamLoss Lost(OutputStream stream)
    {
        Span<byte> gap = stackalloc byte[16];
        RandomAccess.Read(_file, gap, GapAt(stream));
        return new StreamLoss(BinaryPrimitives.ReadInt64LittleEndian(gap), BinaryPrimitives.ReadInt64LittleEndian(gap[8..]));
    }

    /// <summary>Before the first of those bytes is dropped, and before the first that is kept again.</summary>
    public void NoteLost(OutputStream stream, StreamLoss loss)
    {
        Span<byte> gap = stackalloc byte[16];
        BinaryPrimitives.WriteInt64LittleEndian(gap, loss.Start);
        BinaryPrimitives.WriteInt64LittleEndian(gap[8..], loss.End);
        RandomAccess.Write(_file, gap, GapAt(stream));
    }

    public void Dispose() => _file.Dispose();

    private static int GapAt(OutputStream stream) => stream == OutputStream.Standard ? StandardGapAt : ErrorGapAt;

    private byte ReadByte(int at)
    {
        Span<byte> one = stackalloc byte[1];
        RandomAccess.Read(_file, one, at);
        return one[0];
    }

    private void WriteByte(int at, byte value) => RandomAccess.Write(_file, [value], at);
}
