using System.Buffers;
using MessagePack;
using PvExec.Exec.Engine;
using PvExec.Exec.Holds;
using PvExec.Exec.Leases;
using PvExec.Kernel;

namespace PvExec.Exec.Succession;

/// <summary>
/// What an instance of this service tells the one that takes its place, beside what pv-init keeps: the notes, the output
/// and the exits of the runs that run or have ended.
/// </summary>
/// <param name="Runs">Those that wait for their locks.</param>
/// <param name="Leases">Those that hold their locks.</param>
/// <param name="Claims">Requests for leases that wait.</param>
public sealed record HandOverTable(
    IReadOnlyList<WaitingRun> Runs, IReadOnlyList<HeldLease> Leases, IReadOnlyList<LeaseClaim> Claims)
{
    /// <summary>The runs that callers are there for, whether they wait or run.</summary>
    public IReadOnlyList<CalledRun> Called { get; init; } = [];

    /// <summary>The streams that hold scopes, or wait for them.</summary>
    public IReadOnlyList<HandedHold> Holds { get; init; } = [];

    /// <summary>The runs that calls of the instance before read, and go on to read; null when that is not known.</summary>
    public IReadOnlyList<ReadRun>? Read { get; init; }

    public static readonly HandOverTable Empty = new([], [], []);

    private const int Version = 1;
    private const int FieldsAtFirst = 4;
    private const int FieldsWithCalled = 5;
    private const int FieldsWithHolds = 6;
    private const int Fields = 7;

    /// <summary>
    /// A MessagePack array: version, waiting runs, leases, waiting requests for leases, runs with callers, holds, runs that are read, each an
    /// array of records. A later version adds fields at the end of the table or of a record, and a reader skips what it does not know.
    /// </summary>
    public byte[] ToBytes()
    {
        var buffer = new ArrayBufferWriter<byte>(4096);
        var writer = new MessagePackWriter(buffer);
        writer.WriteArrayHeader(Fields);
        writer.Write(Version);
        writer.WriteRecords(Runs, WaitingRunRecord.Write);
        writer.WriteRecords(Leases, HeldLeaseRecord.Write);
        writer.WriteRecords(Claims, LeaseClaimRecord.Write);
        writer.WriteRecords(Called, CalledRunRecord.Write);
        writer.WriteRecords(Holds, HoldRecord.Write);
        writer.WriteRecords(Read ?? [], ReadRunRecord.Write);
        writer.Flush();
        return buffer.WrittenSpan.ToArray();
    }

    /// <summary>The table, or DataLoss when the bytes are none.</summary>
    public static Outcome<HandOverTable> Parse(ReadOnlyMemory<byte> bytes)
    {
        try
        {
            var reader = new MessagePackReader(bytes);
            int fields = reader.BeginRecord(FieldsAtFirst);
            reader.ReadInt32();
            var table = new HandOverTable(
                reader.ReadRecords(WaitingRunRecord.Read), reader.ReadRecords(HeldLeaseRecord.Read), reader.ReadRecords(LeaseClaimRecord.Read))
            {
                Called = fields < FieldsWithCalled ? [] : reader.ReadRecords(CalledRunRecord.Read),
                Holds = fields < FieldsWithHolds ? [] : reader.ReadRecords(HoldRecord.Read),
                Read = fields < Fields ? null : reader.ReadRecords(ReadRunRecord.Read),
            };
            reader.EndRecord(fields, Fields);
            return table;
        }
        catch (Exception e) when (e is MessagePackSerializationException or EndOfStreamException or OverflowException or ArgumentException)
        {
            return new Fault(FaultKind.DataLoss, $"what the instance before handed over cannot be read ({e.Message}): runs that waited for their locks are lost");
        }
    }
}
