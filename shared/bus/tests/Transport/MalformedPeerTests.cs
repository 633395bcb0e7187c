using System.Net.Sockets;
using System.Text;
using NetMQ.Sockets;
using PvExec.Bus.Tests.Support;
using PvExec.Bus.Transport;

namespace PvExec.Bus.Tests.Transport;

/// <summary>Whatever a peer sends, it hurts only itself.</summary>
public sealed class MalformedPeerTests : IDisposable
{
    private readonly ShortDirectory _directory = new();

    private string Socket => _directory.Path("s");

    public void Dispose() => _directory.Dispose();

    [Theory]
    [InlineData("GET / HTTP/1.1\r\nHost: x\r\n\r\n")]
    [InlineData("\0\0\0\0\0\0\0\0\0\0\0\0")]
    [InlineData("\u0001")]
    public async Task A_peer_that_does_not_greet_as_ZMTP_3_does_is_disconnected_and_hurts_only_itself(string garbage)
    {
        await using TestSocket<RouterSocket> router = Router(UnixTransportOptions.Default);
        using RawPeer peer = RawPeer.Connect(Socket);
        peer.Send(Encoding.Latin1.GetBytes(garbage));
        Assert.Equal(0, await peer.ReceiveToEndAsync());
        await AssertServesAsync(router);
    }

    [Fact]
    public async Task A_greeting_that_goes_wrong_half_way_hurts_only_itself()
    {
        await using TestSocket<RouterSocket> router = Router(UnixTransportOptions.Default);
        using RawPeer peer = RawPeer.Connect(Socket);
        peer.Send([.. ZmtpBytes.Signature, 3, 0, .. Encoding.ASCII.GetBytes("NOSUCHMECHANISM"), .. new byte[64]]);
        Assert.NotEqual(0, await peer.ReceiveToEndAsync());
        await AssertServesAsync(router);
    }

    [Fact]
    public async Task A_frame_that_is_announced_larger_than_allowed_ends_the_connection_of_its_sender_alone()
    {
        var socket = new RouterSocket();
        socket.Options.MaxMsgSize = 1024;
        await using var router = new TestSocket<RouterSocket>(socket, "bind", Socket);
        using RawPeer peer = RawPeer.Connect(Socket);
        peer.Send(ZmtpBytes.Handshake);
        peer.Send([2, 0x40, 0, 0, 0, 0, 0, 0, 0]);
        Assert.NotEqual(0, await peer.ReceiveToEndAsync());
        await AssertServesAsync(router);
    }

    [Theory]
    [InlineData(0, "said nothing")]
    [InlineData(3, "did not shake hands")]
    [InlineData(64, "did not shake hands")]
    public async Task A_peer_that_stops_before_it_has_shaken_hands_is_disconnected_after_the_greeting_time(int sent, string why)
    {
        var clock = new TestClock();
        await using TestSocket<RouterSocket> router = Router(new UnixTransportOptions { Time = clock });
        using RawPeer peer = RawPeer.Connect(Socket);
        peer.Send(ZmtpBytes.Greeting.AsSpan(0, sent));
        await clock.TimersAsync(1);
        if (sent > 0)
        {
            // Our own greeting: NetMQ has the connection.
            await peer.HearAsync();
        }

        clock.Advance(UnixTransportOptions.Default.GreetingTime);
        await peer.ReceiveToEndAsync();
        Assert.Contains($"disconnected process {Environment.ProcessId} of user", await router.Log.LineAsync(why), StringComparison.Ordinal);
        await AssertServesAsync(router);
    }

    [Fact]
    public async Task A_greeting_that_comes_byte_by_byte_is_waited_for()
    {
        await using TestSocket<RouterSocket> router = Router(UnixTransportOptions.Default);
        using RawPeer peer = RawPeer.Connect(Socket);
        peer.Send(ZmtpBytes.Greeting.AsSpan(0, 1));
        await peer.HearAsync();
        foreach (byte value in ZmtpBytes.Greeting.Skip(1))
        {
            peer.Send([value]);
        }

        peer.Send([.. ZmtpBytes.Ready("DEALER", "slow"), .. ZmtpBytes.Message("hello"u8.ToArray())]);
        Assert.Equal(["slow", "hello"], await router.ReceiveAsync());
    }

    [Theory]
    [MemberData(nameof(ZmtpGuardTests.WrongHandshakes), MemberType = typeof(ZmtpGuardTests))]
    public async Task A_malformed_handshake_hurts_only_its_sender(string why, byte[] handshake)
    {
        await using TestSocket<RouterSocket> router = Router(UnixTransportOptions.Default);
        using RawPeer peer = RawPeer.Connect(Socket);
        peer.Send([.. ZmtpBytes.Greeting, .. handshake]);
        await peer.ReceiveToEndAsync();
        await router.Log.LineAsync(why);
        await AssertServesAsync(router);
    }

    [Theory]
    [MemberData(nameof(ZmtpGuardTests.WrongFrames), MemberType = typeof(ZmtpGuardTests))]
    public async Task A_malformed_frame_hurts_only_its_sender(string why, byte[] frame)
    {
        var socket = new RouterSocket();
        socket.Options.MaxMsgSize = 1000;
        await using var router = new TestSocket<RouterSocket>(
            socket, "bind", Socket, new UnixTransportOptions { MaxMessageBytes = 2000, MaxMessageFrames = 4 });
        using RawPeer peer = RawPeer.Connect(Socket);
        peer.Send([.. ZmtpBytes.Handshake, .. frame]);
        await peer.ReceiveToEndAsync();
        await router.Log.LineAsync(why);
        await AssertServesAsync(router);
    }

    [Fact]
    public async Task A_subscription_that_would_exhaust_the_stack_hurts_only_its_sender()
    {
        await using var publisher = new TestSocket<XPublisherSocket>(new XPublisherSocket(), "bind", Socket);
        using RawPeer peer = RawPeer.Connect(Socket);
        byte[] stream = [.. ZmtpBytes.Greeting, .. ZmtpBytes.Ready("SUB"), .. ZmtpBytes.Message([1, .. new byte[2_000_000]])];
        Task ended = peer.ReceiveToEndAsync();
        await Assert.ThrowsAnyAsync<SocketException>(async () =>
        {
            // More than the socket takes at once: the end comes while this sends.
            while (true)
            {
                await peer.SendAsync(stream);
            }
        });
        await ended;
        await publisher.Log.LineAsync("a topic of 2000000 bytes");
        using PythonPeer subscriber = await PythonPeer.StartAsync("SUB", "connect", Socket);
        await subscriber.AskAsync("sub topic");
        Assert.Equal(["\u0001topic"], await publisher.ReceiveAsync());
    }

    private TestSocket<RouterSocket> Router(UnixTransportOptions options) => new(new RouterSocket(), "bind", Socket, options);

    private async Task AssertServesAsync(TestSocket<RouterSocket> router)
    {
        await using var dealer = new TestSocket<DealerSocket>(new DealerSocket(), "connect", Socket);
        await dealer.SendAsync("hello");
        Assert.Equal("hello", (await router.ReceiveAsync())[1]);
    }
}
