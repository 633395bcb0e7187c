using System.Text;
using PvExec.Bus.Tests.Support;
using PvExec.Bus.Transport;

namespace PvExec.Bus.Tests.Transport;

public sealed class ZmtpGuardTests
{
    private static readonly ZmtpLimits Calls = new(FrameBytes: 1000, MessageBytes: 2000, MessageFrames: 4, TakesSubscriptions: false);
    private static readonly ZmtpLimits Events = Calls with { TakesSubscriptions = true, FrameBytes = 4000 };

    [Theory]
    [InlineData(1)]
    [InlineData(7)]
    [InlineData(10_000)]
    public void What_a_peer_may_send_is_admitted_in_pieces_of_any_size(int piece)
    {
        var guard = new ZmtpGuard(Calls);
        byte[] stream =
        [
            .. ZmtpBytes.Greeting, .. ZmtpBytes.Ready("DEALER", "zoe"), .. ZmtpBytes.Message([1, 2], [], new byte[1000]),
            .. ZmtpBytes.Command([.. ZmtpBytes.Name("PING"), 0, 10, 1, 2, 3]), .. ZmtpBytes.Message([]), .. ZmtpBytes.Message(new byte[300], new byte[300]),
        ];
        foreach (byte[] bytes in stream.Chunk(piece))
        {
            Assert.Null(guard.Take(bytes));
        }

        Assert.True(guard.IsReady);
        Assert.Equal("zoe", Encoding.ASCII.GetString(guard.Identity));
    }

    [Fact]
    public void A_peer_is_not_ready_before_its_last_byte_of_READY()
    {
        var guard = new ZmtpGuard(Calls);
        Assert.Null(guard.Take(ZmtpBytes.Handshake.AsSpan()[..^1]));
        Assert.False(guard.IsReady);
        Assert.Null(guard.Take(ZmtpBytes.Handshake.AsSpan()[^1..]));
        Assert.True(guard.IsReady);
    }

    [Fact]
    public void Nothing_is_admitted_after_what_was_refused()
    {
        var guard = new ZmtpGuard(Calls);
        Assert.Contains("byte 0 is 47", guard.Take("G"u8), StringComparison.Ordinal);
        Assert.NotNull(guard.Take(ZmtpBytes.Handshake));
    }

    [Theory]
    [InlineData(9, 0x7E)]
    [InlineData(10, 1)]
    [InlineData(10, 0)]
    [InlineData(12, 'P')]
    [InlineData(16, 'L')]
    public void A_greeting_that_is_not_of_ZMTP_3_without_security_is_refused(int position, byte value)
    {
        byte[] greeting = [.. ZmtpBytes.Greeting];
        greeting[position] = value;
        Assert.Contains($"byte {position} is", new ZmtpGuard(Calls).Take(greeting), StringComparison.Ordinal);
    }

    public static TheoryData<string, byte[]> WrongHandshakes => new()
    {
        { "instead of READY", ZmtpBytes.Command([.. ZmtpBytes.Name("ERROR"), 2, (byte)'n', (byte)'o']) },
        { "instead of READY", ZmtpBytes.Command([]) },
        { "instead of READY", ZmtpBytes.Command([200, .. "READY"u8]) },
        { "does not say which type", ZmtpBytes.Command(ZmtpBytes.Name("READY")) },
        { "longer than READY is", Ready([11, .. "Socket-Type"u8, 0xFF, 0xFF, 0xFF, 0xFF, 1]) },
        { "longer than READY is", Ready([11, .. "Socket-Type"u8, 0x80, 0, 0, 0]) },
        { "longer than READY is", Ready([11, .. "Socket-Type"u8, 0, 0, 0]) },
        { "longer than READY is", Ready([200, .. "Socket-Type"u8]) },
        { "longer than READY is", Ready([0, 0, 0, 0, 0]) },
        { "zero byte", ZmtpBytes.Ready("DEALER", "\0abcd") },
        { "more than 255", ZmtpBytes.Ready("DEALER", new string('i', 256)) },
        { "before its handshake", ZmtpBytes.Message([1]) },
        { "more than 4096", [6, .. ZmtpBytes.UInt64(4097)] },
        { "more than 4096", [6, .. ZmtpBytes.UInt64(ulong.MaxValue)] },
        { "flags 05", [5, 0] },
    };

    [Theory]
    [MemberData(nameof(WrongHandshakes))]
    public void A_handshake_that_NetMQ_would_stumble_over_is_refused(string why, byte[] handshake) =>
        Assert.Contains(why, new ZmtpGuard(Calls).Take([.. ZmtpBytes.Greeting, .. handshake]), StringComparison.Ordinal);

    public static TheoryData<string, byte[]> WrongFrames => new()
    {
        { "no name", ZmtpBytes.Command([]) },
        { "no name", ZmtpBytes.Command([0]) },
        { "no name", ZmtpBytes.Command([9, .. "PING"u8]) },
        { "flags 08", [8, 1, 1] },
        { "more than 1000", [2, .. ZmtpBytes.UInt64(1001)] },
        { "more than 1000", [2, .. ZmtpBytes.UInt64(0x8000_0000_0000_0010)] },
        { "more than 1000", [3, .. ZmtpBytes.UInt64(ulong.MaxValue)] },
        { "more than 4 frames or 2000 bytes", ZmtpBytes.Message([1], [2], [3], [4], [5]) },
        { "more than 4 frames or 2000 bytes", ZmtpBytes.Message(new byte[1000], new byte[1000], [1]) },
    };

    [Theory]
    [MemberData(nameof(WrongFrames))]
    public void A_frame_that_is_malformed_or_beyond_a_limit_is_refused(string why, byte[] frame) =>
        Assert.Contains(why, new ZmtpGuard(Calls).Take([.. ZmtpBytes.Handshake, .. frame]), StringComparison.Ordinal);

    [Fact]
    public void A_message_that_never_ends_is_refused_though_each_of_its_frames_is_small()
    {
        var guard = new ZmtpGuard(Calls);
        Assert.Null(guard.Take(ZmtpBytes.Handshake));
        byte[] part = ZmtpBytes.Frame(1, [1]);
        Assert.Null(guard.Take([.. part, .. part, .. part, .. part]));
        Assert.NotNull(guard.Take(part));
    }

    [Fact]
    public void A_publisher_takes_subscriptions_up_to_a_length_and_a_number()
    {
        var guard = new ZmtpGuard(Events);
        Assert.Null(guard.Take(ZmtpBytes.Handshake));
        Assert.Null(guard.Take(ZmtpBytes.Message([1, .. new byte[ZmtpLimits.TopicBytes]])));
        for (int i = 1; i < ZmtpLimits.Topics; i++)
        {
            Assert.Null(guard.Take(ZmtpBytes.Message([1, .. Encoding.ASCII.GetBytes($"{i}")])));
        }

        Assert.Null(guard.Take(ZmtpBytes.Message([1, .. "7"u8])));
        Assert.Null(guard.Take(ZmtpBytes.Message([0, .. "7"u8])));
        Assert.Null(guard.Take(ZmtpBytes.Message([1, .. "other"u8])));
        Assert.Contains("more than 1024 topics", guard.Take(ZmtpBytes.Message([1, .. "one more"u8])), StringComparison.Ordinal);
    }

    [Fact]
    public void A_topic_as_long_as_a_frame_may_be_is_refused_by_a_publisher_alone()
    {
        byte[] subscription = [.. ZmtpBytes.Handshake, .. ZmtpBytes.Message([1, .. new byte[ZmtpLimits.TopicBytes + 1]])];
        Assert.Contains("a topic of 1025 bytes", new ZmtpGuard(Events).Take(subscription), StringComparison.Ordinal);
        Assert.Null(new ZmtpGuard(Events with { TakesSubscriptions = false }).Take(subscription));
    }

    private static byte[] Ready(byte[] properties) => ZmtpBytes.Command([.. ZmtpBytes.Name("READY"), .. properties]);
}
