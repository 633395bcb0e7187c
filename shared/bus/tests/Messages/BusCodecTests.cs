using PvExec.Kernel;
using PvExec.Proto.Bus;
using PvExec.Proto.Bus.Common;
using PvExec.Proto.Bus.Exec;
using PvExec.Proto.Bus.Processes;
using PvExec.Proto.Bus.Worktrees;

namespace PvExec.Bus.Tests.Messages;

public sealed class BusCodecTests
{
    private static readonly DateTimeOffset Deadline = DateTimeOffset.FromUnixTimeMilliseconds(1_800_000_000_123);

    [Fact]
    public void An_envelope_comes_back_as_it_was()
    {
        byte[] bytes = BusCodec.Encode(new ScopesAcquired(7, TimeSpan.FromSeconds(5)), 42, TimeSpan.FromMinutes(1), "00-ab-cd-01");
        Envelope envelope = BusCodec.Decode(bytes).Value;
        Assert.Equal((1, "exec.scopes.acquired", 42UL, "00-ab-cd-01"), (envelope.Version, envelope.Kind, envelope.Correlation, envelope.TraceParent));
        Assert.Equal((TimeSpan.FromMinutes(1), null), (envelope.TimeToLive, envelope.Deadline));
        Assert.Equal(new ScopesAcquired(7, TimeSpan.FromSeconds(5)), BusCodec.Body<ScopesAcquired>(envelope).Value);
    }

    [Fact]
    public void A_time_to_live_can_be_changed_in_what_was_encoded()
    {
        byte[] bytes = BusCodec.Encode(new RenewScopes(7), 42, TimeSpan.FromMinutes(1), null);
        BusCodec.SetTimeToLive(bytes, TimeSpan.FromMilliseconds(0.5));
        Envelope envelope = BusCodec.Decode(bytes).Value;
        Assert.Equal((42UL, TimeSpan.FromMilliseconds(1)), (envelope.Correlation, envelope.TimeToLive));
        Assert.Equal(new RenewScopes(7), BusCodec.Body<RenewScopes>(envelope).Value);
        Assert.Throws<ArgumentException>(() => BusCodec.SetTimeToLive(BusCodec.Encode(new RenewScopes(7), 42, null, null), TimeSpan.Zero));
    }

    [Theory]
    [InlineData("C0", null)]
    [InlineData("64", 100L)]
    [InlineData("CE000186A0", 100_000L)]
    [InlineData("FF", 0L)]
    [InlineData("CF7FFFFFFFFFFFFFFF", 366L * 24 * 3600 * 1000)]
    public void A_time_to_live_of_any_size_is_read(string hex, long? milliseconds)
    {
        Envelope envelope = BusCodec.Decode(Convert.FromHexString("9701A16B01C0C0C400" + hex)).Value;
        Assert.Equal(milliseconds is { } ms ? TimeSpan.FromMilliseconds(ms) : null, envelope.TimeToLive);
    }

    [Fact]
    public void Every_message_comes_back_as_it_was()
    {
        AcquireScopes acquire = RoundTrip(new AcquireScopes(["a", ""], ["ü"], "pv-worktree", "autosave", TimeSpan.FromMilliseconds(1500)));
        Assert.Equal(["a", ""], acquire.Inputs);
        Assert.Equal(["ü"], acquire.Outputs);
        Assert.Equal(("pv-worktree", "autosave", TimeSpan.FromMilliseconds(1500)), (acquire.Holder, acquire.Reason, acquire.WaitLimit));
        AssertRoundTrip(new ScopesAcquired(ulong.MaxValue, TimeSpan.FromSeconds(5)));
        AssertRoundTrip(new RenewScopes(1));
        AssertRoundTrip(new ReleaseScopes(2));
        AssertRoundTrip(new TaskStarted("common/file_read", "01J"));
        AssertRoundTrip(new TaskEnded("common/file_read", "01J", -1, 9));
        AssertRoundTrip(new ScopeHeld("src", "run 3", "common/file_write", true));
        AssertRoundTrip(new ScopeFreed("src", "run 3"));
        FreezeProcesses freeze = RoundTrip(new FreezeProcesses(["web"], "capture", TimeSpan.FromSeconds(5)));
        Assert.Equal(["web"], freeze.Names);
        Assert.Equal(("capture", TimeSpan.FromSeconds(5)), (freeze.Reason, freeze.TimeLimit));
        Assert.Equal(["web", "db"], RoundTrip(new ProcessesFrozen(7, ["web", "db"])).Names);
        AssertRoundTrip(new ThawProcesses(7));
        AssertRoundTrip(new RenewFreeze(7, TimeSpan.FromSeconds(10)));
        AssertRoundTrip(new ProcessPortChanged("web", 3000, 80));
        AssertRoundTrip(new SaveWorktree("before an upgrade"));
        AssertRoundTrip(new WorktreeDirty(Deadline));
        AssertRoundTrip(new ProcessStateChanged("web", "RUNNING", 3000));
        AssertRoundTrip(new WorktreeSaved("0001", true));
        AssertRoundTrip(new FaultReply(FaultKind.DataLoss, "pack 3 is damaged"));
        AssertRoundTrip(Done.Value);
        AssertRoundTrip(CancelCall.Value);
    }

    [Fact]
    public void A_field_added_by_a_newer_release_is_left_alone()
    {
        // [7, 5000, {"new": true}] in a body, as a newer ScopesAcquired might be.
        byte[] body = [0x93, 7, 0xCD, 0x13, 0x88, 0x81, 0xA3, (byte)'n', (byte)'e', (byte)'w', 0xC3];
        var envelope = new Envelope(1, ScopesAcquired.Kind, 1, null, null, body);
        Assert.Equal(new ScopesAcquired(7, TimeSpan.FromSeconds(5)), BusCodec.Body<ScopesAcquired>(envelope).Value);
    }

    [Fact]
    public void A_fault_of_a_kind_that_is_not_known_reads_as_internal()
    {
        byte[] bytes = BusCodec.Encode(new FaultReply(FaultKind.NotFound, "x"), 1, null, null);
        int at = bytes.AsSpan().IndexOf("NotFound"u8);
        "NotKnown"u8.CopyTo(bytes.AsSpan(at));
        Assert.Equal(FaultKind.Internal, BusCodec.Body<FaultReply>(BusCodec.Decode(bytes).Value).Value.FaultKind);
    }

    [Fact]
    public void An_envelope_of_a_newer_version_keeps_its_correlation_id()
    {
        byte[] bytes = [0x94, 2, 0xA1, (byte)'k', 0xCD, 1, 0, 0xC1];
        Envelope envelope = BusCodec.Decode(bytes).Value;
        Assert.Equal((2, "k", 256UL), (envelope.Version, envelope.Kind, envelope.Correlation));
    }

    [Theory]
    [InlineData("")]
    [InlineData("C1")]
    [InlineData("DDFFFFFFFF")]
    [InlineData("9301A16BFF")]
    [InlineData("9301A16B01")]
    [InlineData("9601A16B01C0C0C6FFFFFFFF")]
    [InlineData("9701A16B01C0C0C400C3")]
    [InlineData("9701A16B01C0C0C400")]
    [InlineData("9601A16B01CF7FFFFFFFFFFFFFFFC0C400")]
    public void Bytes_that_are_no_envelope_are_an_invalid_argument(string hex)
    {
        Assert.False(BusCodec.Decode(Convert.FromHexString(hex)).Succeeded(out Fault? fault));
        Assert.Equal(FaultKind.InvalidArgument, fault.Kind);
    }

    private static void AssertRoundTrip<T>(T message)
        where T : IBusMessage<T> => Assert.Equal(message, RoundTrip(message));

    private static T RoundTrip<T>(T message)
        where T : IBusMessage<T> => BusCodec.Body<T>(BusCodec.Decode(BusCodec.Encode(message, 1, null, null)).Value).Value;
}
