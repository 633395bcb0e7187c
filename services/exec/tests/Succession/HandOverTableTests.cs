using System.Buffers;
using MessagePack;
using PvExec.Exec.Core.Input;
using PvExec.Exec.Core.Output;
using PvExec.Exec.Core.Runs;
using PvExec.Exec.Core.Scopes;
using PvExec.Exec.Engine;
using PvExec.Exec.Holds;
using PvExec.Exec.Leases;
using PvExec.Exec.Succession;
using PvExec.Kernel;

namespace PvExec.Exec.Tests.Succession;

public sealed class HandOverTableTests
{
    private static readonly DateTimeOffset s_time = DateTimeOffset.FromUnixTimeMilliseconds(1_700_000_000_123);

    private static readonly HandOverTable s_table = new(
        [
            new WaitingRun(3, RunId.New(s_time), s_time, new RunRequest("common/ü", [new("A", "b=c"), new("A", "")], new byte[] { 0, 255 }, 10) { Token = new ClientToken("tö", "f1"), Output = new OutputLimits { HeadBytes = 5, OnDisk = true } }),
            new WaitingRun(9, RunId.New(s_time), s_time, new RunRequest("x", [], ReadOnlyMemory<byte>.Empty, 0)),
            new WaitingRun(10, RunId.New(s_time), s_time, new RunRequest("y", [], new byte[] { 1 }, 0) { Interaction = new Interaction(null) { IsClosed = true }, IsLossless = true, OnDisconnect = OnDisconnect.GoOn }),
            new WaitingRun(11, RunId.New(s_time), s_time, new RunRequest("z", [], ReadOnlyMemory<byte>.Empty, 0) { Interaction = new Interaction(new TerminalSettings("vt100", 65_535, 1)) }),
        ],
        [new HeldLease(ulong.MaxValue, "pv-worktree", "a save", ScopeSet.From(["src"], ["dep"]))],
        [new LeaseClaim(4, "pv-worktree", "autosave", ScopeSet.From(["src"], []))])
    {
        Called = [new CalledRun(RunId.New(s_time), ["a", "b"]) { LastToLeave = OnDisconnect.CancelWaiting }, new CalledRun(RunId.New(s_time), [])],
        Holds =
        [
            new HandedHold(2, "ab12", true, true, "me", "a look around", ScopeSet.From(["src"], []), s_time, s_time.AddSeconds(1)),
            new HandedHold(5, "cd34", false, false, "you", "", ScopeSet.From([], ["dep"]), s_time, s_time),
        ],
        Read = [new ReadRun(RunId.New(s_time), 3)],
    };

    [Fact]
    public void A_table_comes_back_as_it_was() => AssertSame(s_table, HandOverTable.Parse(s_table.ToBytes()).Value);

    [Fact]
    public void A_reader_skips_what_a_later_version_added_to_the_table_and_to_its_records()
    {
        byte[] later = WithOneMoreField(s_table.ToBytes(), depth: 2);
        Assert.NotEqual(s_table.ToBytes().Length, later.Length);
        AssertSame(s_table, HandOverTable.Parse(later).Value);
    }

    [Fact]
    public void Anything_else_is_a_loss_that_says_of_what()
    {
        byte[] bytes = s_table.ToBytes();
        for (int length = 0; length < bytes.Length; length++)
        {
            Assert.Equal(FaultKind.DataLoss, HandOverTable.Parse(bytes.AsMemory(0, length)).Fault?.Kind);
        }

        Assert.Equal(FaultKind.DataLoss, HandOverTable.Parse("text"u8.ToArray()).Fault?.Kind);
    }

    private static void AssertSame(HandOverTable expected, HandOverTable actual)
    {
        Assert.Equal(expected.Runs.Select(Describe), actual.Runs.Select(Describe));
        Assert.Equal(
            expected.Leases.Select(lease => (lease.Id, lease.Holder, lease.Reason, lease.Scopes.ToString())),
            actual.Leases.Select(lease => (lease.Id, lease.Holder, lease.Reason, lease.Scopes.ToString())));
        Assert.Equal(
            expected.Claims.Select(claim => (claim.Order, claim.Holder, claim.Reason, claim.Scopes.ToString())),
            actual.Claims.Select(claim => (claim.Order, claim.Holder, claim.Reason, claim.Scopes.ToString())));
        Assert.Equal(
            expected.Called.Select(called => $"{called.Id} {string.Join(' ', called.Callers)} {called.LastToLeave}"),
            actual.Called.Select(called => $"{called.Id} {string.Join(' ', called.Callers)} {called.LastToLeave}"));
        Assert.Equal(expected.Holds.Select(Describe), actual.Holds.Select(Describe));
        Assert.Equal(expected.Read, actual.Read);
    }

    [Fact]
    public void A_table_of_an_earlier_version_has_no_tokens_and_no_callers()
    {
        var run = new RunRequest("x", [], ReadOnlyMemory<byte>.Empty, 7);
        byte[] earlier = Convert.FromHexString("940191" + "9703BA" + Convert.ToHexString(System.Text.Encoding.ASCII.GetBytes(s_table.Runs[0].Id.Value)) + "CF0000018BCFE5687BA17890C40007" + "9090");

        HandOverTable table = HandOverTable.Parse(earlier).Value;

        Assert.Equal(Describe(new WaitingRun(3, s_table.Runs[0].Id, s_time, run)), Describe(Assert.Single(table.Runs)));
        Assert.Empty(table.Called);
        Assert.Empty(table.Holds);
    }

    [Fact]
    public void Of_a_run_with_callers_of_an_earlier_version_nobody_has_left()
    {
        var run = new CalledRun(RunId.New(s_time), ["a"]);
        byte[] record = [0x92, 0xBA, .. System.Text.Encoding.ASCII.GetBytes(run.Id.Value), 0x91, 0xA1, (byte)'a'];
        var reader = new MessagePackReader(record);

        CalledRun read = CalledRunRecord.Read(ref reader);

        Assert.Equal((run.Id, "a", null), (read.Id, Assert.Single(read.Callers), read.LastToLeave));
    }

    private static string Describe(HandedHold hold) => (hold with { Scopes = ScopeSet.Empty }).ToString() + hold.Scopes;

    private static string Describe(WaitingRun run) =>
        $"{run.Order} {run.Id} {run.Requested:O} {run.Request.TaskName} {string.Join(' ', run.Request.Variables)} {Convert.ToHexString(run.Request.Input.Span)} {run.Request.HeadBytes} {run.Request.Token} {run.Request.Output} {run.Request.Interaction} {run.Request.IsLossless} {run.Request.OnDisconnect}";

    /// <summary>Appends nil to the array at the top and to those that are records: at an even depth.</summary>
    private static byte[] WithOneMoreField(ReadOnlyMemory<byte> bytes, int depth)
    {
        var buffer = new ArrayBufferWriter<byte>();
        var writer = new MessagePackWriter(buffer);
        var reader = new MessagePackReader(bytes);
        Copy(ref reader, ref writer, 0, depth);
        writer.Flush();
        return buffer.WrittenSpan.ToArray();
    }

    private static void Copy(ref MessagePackReader reader, ref MessagePackWriter writer, int level, int depth)
    {
        if (level > depth || reader.NextMessagePackType != MessagePackType.Array)
        {
            writer.WriteRaw(reader.ReadRaw());
            return;
        }

        bool grows = level % 2 == 0;
        int count = reader.ReadArrayHeader();
        writer.WriteArrayHeader(count + (grows ? 1 : 0));
        for (int i = 0; i < count; i++)
        {
            Copy(ref reader, ref writer, level + 1, depth);
        }

        if (grows)
        {
            writer.WriteNil();
        }
    }
}
