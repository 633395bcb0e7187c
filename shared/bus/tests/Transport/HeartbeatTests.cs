using NetMQ.Sockets;
using PvExec.Bus.Tests.Support;

namespace PvExec.Bus.Tests.Transport;

/// <summary>ZMTP's PING and PONG, of NetMQ and of libzmq.</summary>
public sealed class HeartbeatTests : IDisposable
{
    private static readonly TimeSpan Interval = TimeSpan.FromMilliseconds(200);
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(2);

    private readonly ShortDirectory _directory = new();

    private string Path => _directory.Path("s");

    public void Dispose() => _directory.Dispose();

    [Fact]
    public async Task A_PING_is_answered_by_a_PONG_with_what_it_carried()
    {
        await using var router = new TestSocket<RouterSocket>(new RouterSocket(), "bind", Path);
        using RawPeer peer = RawPeer.Connect(Path);
        peer.Send([.. ZmtpBytes.Handshake, .. ZmtpBytes.Command([.. ZmtpBytes.Name("PING"), 0, 0, 0xAB, 0xCD])]);
        await peer.HearAsync(ZmtpBytes.Command([.. ZmtpBytes.Name("PONG"), 0xAB, 0xCD]));
    }

    [Fact]
    public async Task Heartbeats_of_both_sides_at_once_keep_a_connection_on_which_nothing_is_said()
    {
        await using TestSocket<RouterSocket> router = Router();
        using PythonPeer dealer = await PythonPeer.StartAsync(
            "DEALER", "connect", Path, "IDENTITY=zoe", "HEARTBEAT_IVL=200", $"HEARTBEAT_TIMEOUT={Patience.TotalMilliseconds}");
        await dealer.SendAsync("1");
        Assert.Equal(["zoe", "1"], await router.ReceiveAsync());
        Assert.Equal("yes", await dealer.AskAsync($"stays {2 * Patience.TotalMilliseconds}"));
        await dealer.SendAsync("2");
        Assert.Equal(["zoe", "2"], await router.ReceiveAsync());
    }

    [Fact]
    public async Task A_peer_that_hangs_loses_its_connection_and_connects_again_when_it_goes_on()
    {
        await using TestSocket<RouterSocket> router = Router();
        using PythonPeer dealer = await PythonPeer.StartAsync("DEALER", "connect", Path, "zoe");
        await dealer.SendAsync("1");
        Assert.Equal(["zoe", "1"], await router.ReceiveAsync());
        dealer.Freeze();
        await router.ConnectionsAsync(0);
        dealer.Thaw();
        await router.ConnectionsAsync(1);
        await dealer.SendAsync("2");
        Assert.Equal(["zoe", "2"], await router.ReceiveAsync());
    }

    private TestSocket<RouterSocket> Router()
    {
        var socket = new RouterSocket();
        socket.Options.HeartbeatInterval = Interval;
        socket.Options.HeartbeatTimeout = Patience;
        return new TestSocket<RouterSocket>(socket, "bind", Path);
    }
}
