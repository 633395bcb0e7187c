using System.Diagnostics;
using NetMQ.Sockets;
using PvExec.Bus.Tests.Support;
using PvExec.Bus.Transport;
using PvExec.Linux;

namespace PvExec.Bus.Tests.Transport;

/// <summary>Who may connect, and how often.</summary>
public sealed class AdmissionTests : IDisposable
{
    private readonly ShortDirectory _directory = new();

    private string Socket => _directory.Path("s");

    public void Dispose() => _directory.Dispose();

    [Fact]
    public async Task The_socket_file_is_for_its_owner_alone()
    {
        await using TestSocket<RouterSocket> router = Router(UnixTransportOptions.Default);
        Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(Socket));
    }

    [Fact]
    public async Task A_process_of_another_user_is_refused_and_logged_once_with_its_pid_and_uid()
    {
        Assert.SkipUnless(EffectiveUser.Id == 0, "only root can run a process as another user");
        await using TestSocket<RouterSocket> router = Router(UnixTransportOptions.Default);
        _directory.OpenToAll();
        File.SetUnixFileMode(Socket, (UnixFileMode)0x1B6);
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
        using Process other = Process.Start(new ProcessStartInfo("setpriv", ["--reuid", "65534", "--clear-groups", "/usr/bin/python3", "-c", Script, Socket])
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
            new DealerSocket(), "connect", Socket, new UnixTransportOptions { Allow = _ => false });
        await dealer.Log.LineAsync("listens there and is not of our user");
        await dealer.ConnectionAsync(false);
    }

    [Fact]
    public async Task A_check_that_fails_refuses_one_peer_and_the_next_is_let_in()
    {
        int asked = 0;
        bool Allow(PeerCredentials peer) => Interlocked.Increment(ref asked) > 1 ? true : throw new InvalidOperationException("a bug of the rule");
        await using TestSocket<RouterSocket> router = Router(new UnixTransportOptions { Allow = Allow });
        using RawPeer first = RawPeer.Connect(Socket);
        Assert.Equal(0, await first.ReceiveToEndAsync());
        Assert.Contains("a bug of the rule", await router.Log.LineAsync("the check of its peer failed"), StringComparison.Ordinal);
        await AssertServesAsync(router);
    }

    [Fact]
    public async Task A_check_of_the_server_that_fails_is_tried_again()
    {
        int asked = 0;
        bool Allow(PeerCredentials peer) => Interlocked.Increment(ref asked) > 1 ? true : throw new InvalidOperationException("a bug of the rule");
        await using TestSocket<RouterSocket> router = Router(UnixTransportOptions.Default);
        await using var dealer = new TestSocket<DealerSocket>(new DealerSocket(), "connect", Socket, new UnixTransportOptions { Allow = Allow });
        await dealer.ConnectionAsync(true);
        Assert.Contains("a bug of the rule", await dealer.Log.LineAsync("the check of its peer failed"), StringComparison.Ordinal);
        await dealer.SendAsync("hello");
        Assert.Equal("hello", (await router.ReceiveAsync())[1]);
    }

    [Fact]
    public async Task What_a_peer_did_wrong_is_logged_once()
    {
        await using TestSocket<RouterSocket> router = Router(UnixTransportOptions.Default);
        for (int i = 0; i < 3; i++)
        {
            using RawPeer peer = RawPeer.Connect(Socket);
            peer.Send("GET"u8);
            Assert.Equal(0, await peer.ReceiveToEndAsync());
        }

        await AssertServesAsync(router);
        Assert.Single(router.Log.Lines, line => line.Contains("it began with 47", StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_peer_that_is_refused_again_and_again_costs_a_log_line_and_nothing_else()
    {
        int refused = 0;
        bool refuses = true;
        await using TestSocket<RouterSocket> router = Router(new UnixTransportOptions { Allow = _ => !refuses || ++refused == 0 });
        await RefuseAsync(100);
        int descriptors = Descriptors();

        await RefuseAsync(3_000);

        Assert.Equal((3_100, 0), (refused, router.Listener.Connections));
        Assert.Single(router.Log.Lines, line => line.Contains($"refused process {Environment.ProcessId}", StringComparison.Ordinal));

        // Other tests of this process open and close some meanwhile.
        Assert.InRange(Descriptors(), 0, descriptors + 1_000);
        refuses = false;
        await AssertServesAsync(router);

        async Task RefuseAsync(int times)
        {
            for (int i = 0; i < times; i++)
            {
                using RawPeer peer = RawPeer.Connect(Socket);
                Assert.Equal(0, await peer.ReceiveToEndAsync());
            }
        }

        static int Descriptors() => Directory.GetFiles("/proc/self/fd").Length;
    }

    [Fact]
    public void What_is_remembered_of_what_was_logged_is_bounded()
    {
        var admission = new Admission(UnixTransportOptions.Default);
        for (int pid = 1; pid <= 100_000; pid++)
        {
            Assert.True(admission.IsNews(new PeerCredentials(pid, 1000, 1000), "it is not of our user"));
        }

        Assert.InRange(admission.Told, 1, 1024);
        Assert.False(admission.IsNews(new PeerCredentials(100_000, 1000, 1000), "it is not of our user"));
    }

    [Fact]
    public async Task Attempts_to_connect_are_made_at_growing_intervals()
    {
        var clock = new TestClock();
        await using var dealer = new TestSocket<DealerSocket>(new DealerSocket(), "connect", Socket, new UnixTransportOptions { Time = clock });
        foreach (int milliseconds in (int[])[10, 20, 40, 80, 160, 320, 640, 1000, 1000])
        {
            await dealer.ConnectionAsync(false);
            await clock.TimersAsync(1);
            Assert.Equal(TimeSpan.FromMilliseconds(milliseconds), clock.UntilNext);
            clock.Advance(TimeSpan.FromMilliseconds(milliseconds));
        }

        await using TestSocket<RouterSocket> router = Router(UnixTransportOptions.Default);
        Task connected = dealer.ConnectionAsync(true);
        while (!connected.IsCompleted)
        {
            await Task.WhenAny(connected, clock.TimersAsync(1));
            clock.Advance(TimeSpan.FromSeconds(1));
        }

        await connected;
    }

    [Fact]
    public async Task The_second_peer_of_an_identity_is_refused_until_the_first_has_gone()
    {
        await using TestSocket<RouterSocket> router = Router(UnixTransportOptions.Default);
        using (RawPeer first = RawPeer.Connect(Socket))
        {
            first.Send([.. ZmtpBytes.Greeting, .. ZmtpBytes.Ready("DEALER", "zoe"), .. ZmtpBytes.Message([(byte)'1'])]);
            Assert.Equal(["zoe", "1"], await router.ReceiveAsync());
            using RawPeer second = RawPeer.Connect(Socket);
            second.Send([.. ZmtpBytes.Greeting, .. ZmtpBytes.Ready("DEALER", "zoe")]);
            await second.ReceiveToEndAsync();
            await router.Log.LineAsync("another connection has its identity");
        }

        await router.ConnectionsAsync(0);
        using PythonPeer third = await PythonPeer.StartAsync("DEALER", "connect", Socket, "zoe");
        await third.SendAsync("3");
        Assert.Equal(["zoe", "3"], await router.ReceiveAsync());
    }

    [Fact]
    public async Task One_process_cannot_take_the_connections_of_the_others()
    {
        await using TestSocket<RouterSocket> router = Router(new UnixTransportOptions { MaxConnectionsOfProcess = 1 });
        using RawPeer first = RawPeer.Connect(Socket);
        first.Send(ZmtpBytes.Signature);
        await first.HearAsync();
        using RawPeer second = RawPeer.Connect(Socket);
        Assert.Equal(0, await second.ReceiveToEndAsync());
        await router.Log.LineAsync($"refused process {Environment.ProcessId} of user {EffectiveUser.Id}: 1 connections of that process are open");
        using PythonPeer other = await PythonPeer.StartAsync("DEALER", "connect", Socket, "zoe");
        await other.SendAsync("hello");
        Assert.Equal(["zoe", "hello"], await router.ReceiveAsync());
    }

    [Fact]
    public async Task Connections_beyond_the_limit_are_refused_until_one_ends()
    {
        await using TestSocket<RouterSocket> router = Router(new UnixTransportOptions { MaxConnections = 1 });
        using (RawPeer first = RawPeer.Connect(Socket))
        {
            first.Send(ZmtpBytes.Signature);
            await first.HearAsync();
            using RawPeer second = RawPeer.Connect(Socket);
            Assert.Equal(0, await second.ReceiveToEndAsync());
            await router.Log.LineAsync("1 connections are open");
        }

        await router.ConnectionsAsync(0);
        await AssertServesAsync(router);
    }

    private TestSocket<RouterSocket> Router(UnixTransportOptions options) => new(new RouterSocket(), "bind", Socket, options);

    private async Task AssertServesAsync(TestSocket<RouterSocket> router)
    {
        await using var dealer = new TestSocket<DealerSocket>(new DealerSocket(), "connect", Socket);
        await dealer.SendAsync("hello");
        Assert.Equal("hello", (await router.ReceiveAsync())[1]);
    }
}
