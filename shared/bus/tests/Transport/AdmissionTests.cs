using System.Diagnostics;
using System.Net.Sockets;
using System.Text;
using NetMQ.Sockets;
using PvExec.Bus.Tests.Support;
using PvExec.Bus.Transport;
using PvExec.Linux;

namespace PvExec.Bus.Tests.Transport;

public sealed class AdmissionTests : IDisposable
{
    private static readonly byte[] Signature = [0xFF, 0, 0, 0, 0, 0, 0, 0, 1, 0x7F];

    private readonly ShortDirectory _directory = new();

    public void Dispose() => _directory.Dispose();

    [Fact]
    public async Task The_socket_file_is_for_its_owner_alone()
    {
        await using TestSocket<RouterSocket> router = Router(UnixTransportOptions.Default);
        Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(_directory.Path("s")));
    }

    [Fact]
    public async Task A_process_of_another_user_is_refused_and_logged_once_with_its_pid_and_uid()
    {
        Assert.SkipUnless(EffectiveUser.Id == 0, "only root can run a process as another user");
        await using TestSocket<RouterSocket> router = Router(UnixTransportOptions.Default);
        _directory.OpenToAll();
        File.SetUnixFileMode(_directory.Path("s"), (UnixFileMode)0x1B6);
        const string Script = """
            import os, socket, sys
            print(os.getpid(), flush=True)
            for _ in range(3):
                s = socket.socket(socket.AF_UNIX)
                s.connect(sys.argv[1])
                try:
                    print(len(s.recv(1)), flush=True)
                except ConnectionResetError:
                    print(0, flush=True)
            """;
        using Process other = Process.Start(new ProcessStartInfo("setpriv", ["--reuid", "65534", "--clear-groups", "/usr/bin/python3", "-c", Script, _directory.Path("s")])
        {
            RedirectStandardOutput = true,
        })!;
        string[] output = (await other.StandardOutput.ReadToEndAsync()).Split('\n', StringSplitOptions.RemoveEmptyEntries);
        await other.WaitForExitAsync();
        Assert.Equal(["0", "0", "0"], output[1..]);
        await AssertServesAsync(router);
        Assert.Single(router.Log.Lines, line => line.Contains($"refused process {output[0]} of user 65534", StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_server_of_another_user_is_not_spoken_to()
    {
        await using TestSocket<RouterSocket> router = Router(UnixTransportOptions.Default);
        await using var dealer = new TestSocket<DealerSocket>(
            new DealerSocket(), "connect", _directory.Path("s"), new UnixTransportOptions { Allow = _ => false });
        await dealer.Log.LineAsync("listens there and is not of our user");
        await dealer.ConnectionAsync(false);
    }

    [Theory]
    [InlineData("GET / HTTP/1.1\r\nHost: x\r\n\r\n")]
    [InlineData("\0\0\0\0\0\0\0\0\0\0\0\0")]
    [InlineData("\u0001")]
    public async Task A_peer_that_does_not_greet_as_ZMTP_3_does_is_disconnected_and_hurts_only_itself(string garbage)
    {
        await using TestSocket<RouterSocket> router = Router(UnixTransportOptions.Default);
        using Socket peer = Connect();
        peer.Send(Encoding.Latin1.GetBytes(garbage));
        Assert.Equal(0, await ReceiveToEndAsync(peer));
        await AssertServesAsync(router);
    }

    [Fact]
    public async Task A_greeting_that_goes_wrong_half_way_hurts_only_itself()
    {
        await using TestSocket<RouterSocket> router = Router(UnixTransportOptions.Default);
        using Socket peer = Connect();
        peer.Send([.. Signature, 3, 0, .. Encoding.ASCII.GetBytes("NOSUCHMECHANISM"), .. new byte[64]]);
        Assert.NotEqual(0, await ReceiveToEndAsync(peer));
        await AssertServesAsync(router);
    }

    [Fact]
    public async Task A_frame_that_is_announced_larger_than_allowed_ends_the_connection_of_its_sender_alone()
    {
        var socket = new RouterSocket();
        socket.Options.MaxMsgSize = 1024;
        await using var router = new TestSocket<RouterSocket>(socket, "bind", _directory.Path("s"));
        using Socket peer = Connect();
        peer.Send([.. Signature, 3, 0, .. Encoding.ASCII.GetBytes("NULL"), .. new byte[48]]);
        peer.Send([4, 25, 5, .. Encoding.ASCII.GetBytes("READY"), 11, .. Encoding.ASCII.GetBytes("Socket-Type"), 0, 0, 0, 3, .. Encoding.ASCII.GetBytes("REQ")]);
        peer.Send([2, 0x40, 0, 0, 0, 0, 0, 0, 0]);
        Assert.NotEqual(0, await ReceiveToEndAsync(peer));
        await AssertServesAsync(router);
    }

    [Fact]
    public async Task A_peer_that_connects_and_says_nothing_is_disconnected_after_the_greeting_time()
    {
        await using TestSocket<RouterSocket> router = Router(new UnixTransportOptions { GreetingTime = TimeSpan.FromMilliseconds(50) });
        using Socket peer = Connect();
        Assert.Equal(0, await ReceiveToEndAsync(peer));
        Assert.Contains("said nothing", await router.Log.LineAsync("said nothing"), StringComparison.Ordinal);
        await AssertServesAsync(router);
    }

    [Fact]
    public async Task Connections_beyond_the_limit_are_refused_until_one_ends()
    {
        await using TestSocket<RouterSocket> router = Router(new UnixTransportOptions { MaxConnections = 1 });
        using (Socket first = Connect())
        {
            first.Send(Signature);
            byte[] greeting = new byte[Signature.Length];
            Assert.NotEqual(0, await first.ReceiveAsync(greeting));
            using Socket second = Connect();
            Assert.Equal(0, await ReceiveToEndAsync(second));
            await router.Log.LineAsync("1 connections are open");
        }

        await AssertServesAsync(router);
        Assert.True(router.Listener.Connections <= 1);
    }

    private TestSocket<RouterSocket> Router(UnixTransportOptions options) => new(new RouterSocket(), "bind", _directory.Path("s"), options);

    private Socket Connect()
    {
        var socket = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        socket.Connect(new UnixDomainSocketEndPoint(_directory.Path("s")));
        return socket;
    }

    /// <summary>How many bytes came before the other side closed.</summary>
    private static async Task<int> ReceiveToEndAsync(Socket socket)
    {
        using var late = new CancellationTokenSource(TimeSpan.FromSeconds(20));
        int total = 0;
        try
        {
            var buffer = new byte[256];
            int length;
            while ((length = await socket.ReceiveAsync(buffer, late.Token)) > 0)
            {
                total += length;
            }
        }
        catch (SocketException e) when (e.SocketErrorCode == SocketError.ConnectionReset)
        {
            // Closed with bytes of ours unread: an end like any other.
            return total;
        }

        return total;
    }

    private async Task AssertServesAsync(TestSocket<RouterSocket> router)
    {
        await using var dealer = new TestSocket<DealerSocket>(new DealerSocket(), "connect", _directory.Path("s"));
        await dealer.SendAsync("hello");
        Assert.Equal("hello", (await router.ReceiveAsync())[1]);
    }
}
