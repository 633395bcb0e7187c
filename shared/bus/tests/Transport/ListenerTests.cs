using System.Diagnostics;
using System.Net.Sockets;
using NetMQ.Sockets;
using PvExec.Bus.Tests.Support;
using PvExec.Bus.Transport;

namespace PvExec.Bus.Tests.Transport;

public sealed class ListenerTests : IDisposable
{
    private readonly ShortDirectory _directory = new();

    public void Dispose() => _directory.Dispose();

    [Fact]
    public async Task A_bound_and_connected_pair_has_a_Unix_listener_and_no_TCP_listener()
    {
        string path = _directory.Path("s");
        await using var router = new TestSocket<RouterSocket>(new RouterSocket(), "bind", path);
        await using var dealer = new TestSocket<DealerSocket>(new DealerSocket(), "connect", path);
        await dealer.SendAsync("hello");
        Assert.Equal("hello", (await router.ReceiveAsync())[1]);
        Assert.Contains(path, await SsAsync("-lxp"), StringComparison.Ordinal);

        // A new NetMQ socket listens on loopback TCP for an instant, to connect to itself: other tests may do so now.
        string ours = $"pid={Environment.ProcessId},";
        for (int i = 0; (await SsAsync("-ltnp")).Contains(ours, StringComparison.Ordinal); i++)
        {
            Assert.True(i < 20, "this process keeps listening on TCP");
        }
    }

    [Fact]
    public void The_file_of_a_dead_process_is_replaced_and_that_of_a_living_one_is_not()
    {
        string path = _directory.Path("s");
        UnixPath.Listen(path).Dispose();
        using Socket living = UnixPath.Listen(path);
        Assert.Throws<SocketException>(() => UnixPath.Listen(path));
    }

    [Fact]
    public async Task A_listening_socket_that_was_handed_in_serves_what_connected_before_it_was_taken_over()
    {
        string path = _directory.Path("s");
        Socket server = UnixPath.Listen(path);
        await using var dealer = new TestSocket<DealerSocket>(new DealerSocket(), "connect", path);
        await dealer.ConnectionAsync(true);
        GC.SuppressFinalize(server);
        await using var router = new TestSocket<RouterSocket>(new RouterSocket(), server.SafeHandle);
        await dealer.SendAsync("early");
        Assert.Equal("early", (await router.ReceiveAsync())[1]);
    }

    private static async Task<string> SsAsync(string options)
    {
        using Process ss = Process.Start(new ProcessStartInfo("ss", [options]) { RedirectStandardOutput = true })!;
        string output = await ss.StandardOutput.ReadToEndAsync();
        await ss.WaitForExitAsync();
        return output;
    }
}
