using System.Net.Sockets;
using Microsoft.Extensions.Logging.Abstractions;
using NetMQ;
using NetMQ.Sockets;
using PvExec.Bus.Tests.Support;
using PvExec.Bus.Transport;

namespace PvExec.Bus.Tests.Transport;

/// <summary>A stop that meets a connection on its way to NetMQ: closed under NetMQ's hands it would end the process.</summary>
public sealed class StopTests : IDisposable
{
    private static readonly TimeSpan Long = TimeSpan.FromSeconds(20);

    private readonly ShortDirectory _directory = new();

    private string Path => _directory.Path("s");

    public void Dispose() => _directory.Dispose();

    [Fact]
    public async Task A_connector_that_is_stopped_while_its_connection_is_being_attached_waits_for_that()
    {
        using Socket server = UnixPath.Listen(Path);
        using var dealer = new DealerSocket();
        using var poller = new NetMQPoller();
        poller.Add(dealer);
        poller.RunAsync("test", true);
        var attaching = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        using var goOn = new ManualResetEventSlim();
        var attachment = new Attachment(dealer, Path, poller, UnixTransportOptions.Default, NullLogger.Instance);
        var connector = new UnixConnector(attachment, Path, UnixTransportOptions.Default, NullLogger.Instance, _ => { }, () =>
        {
            attaching.TrySetResult();
            return goOn.Wait(Long);
        });
        await attaching.Task.WaitAsync(Long);
        Task stop = connector.DisposeAsync().AsTask();
        Assert.False(stop.IsCompleted);
        goOn.Set();
        await stop.WaitAsync(Long);

        // NetMQ has it: our greeting arrives.
        using Socket accepted = await server.AcceptAsync();
        Assert.NotEqual(0, await accepted.ReceiveAsync(new byte[1]));
    }

    [Fact]
    public async Task A_callback_that_fails_is_logged_and_costs_neither_the_connection_nor_the_stop()
    {
        var log = new ListLogger<StopTests>();
        await using var router = new TestSocket<RouterSocket>(new RouterSocket(), "bind", Path);
        using var dealer = new DealerSocket();
        using var poller = new NetMQPoller { dealer };
        poller.RunAsync("test", true);
        UnixConnector connector = dealer.ConnectUnix(
            Path, poller, UnixTransportOptions.Default, log, _ => throw new InvalidOperationException("a bug of the caller"));
        Assert.Contains("a bug of the caller", await log.LineAsync("failed unexpectedly"), StringComparison.Ordinal);
        new Task(() => dealer.SendFrame("hello")).Start(poller);
        Assert.Equal("hello", (await router.ReceiveAsync())[1]);
        await connector.DisposeAsync().AsTask().WaitAsync(Long);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_listener_that_is_stopped_while_a_connection_waits_for_the_owner_thread_closes_it(bool runs)
    {
        using var router = new RouterSocket();
        using var poller = new NetMQPoller();
        poller.Add(router);
        using var goOn = new ManualResetEventSlim();
        if (runs)
        {
            poller.RunAsync("test", true);
            new Task(() => goOn.Wait(Long)).Start(poller);
        }

        UnixListener listener = router.BindUnix(Path, poller, UnixTransportOptions.Default, NullLogger.Instance);
        using RawPeer peer = RawPeer.Connect(Path);
        peer.Send(ZmtpBytes.Signature);
        while (listener.Connections == 0)
        {
            await Task.Yield();
        }

        await listener.DisposeAsync().AsTask().WaitAsync(Long);
        Assert.Equal(0, await peer.ReceiveToEndAsync());
        Assert.Equal(0, listener.Connections);
        goOn.Set();
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    public async Task Clients_that_come_and_go_at_any_moment_end_neither_the_process_nor_the_server(int seed)
    {
        var random = new Random(seed);
        await using var router = new TestSocket<RouterSocket>(new RouterSocket(), "bind", Path);
        for (int i = 0; i < 150; i++)
        {
            await using var dealer = new TestSocket<DealerSocket>(new DealerSocket(), "connect", Path);
            Thread.SpinWait(random.Next(100_000));
        }

        using PythonPeer last = await PythonPeer.StartAsync("DEALER", "connect", Path, "last");
        await last.SendAsync("hello");
        Assert.Equal(["last", "hello"], await router.ReceiveAsync());
    }
}
