using System.Text;
using NetMQ.Sockets;
using PvExec.Bus.Tests.Support;

namespace PvExec.Bus.Tests.Transport;

/// <summary>The other side of every connection is a stock libzmq peer on <c>ipc://path</c>.</summary>
public sealed class InteropTests : IDisposable
{
    private const int LargestFrame = 16 * 1024 * 1024;

    private readonly ShortDirectory _directory = new();

    public void Dispose() => _directory.Dispose();

    [Theory]
    [InlineData("bind", "connect")]
    [InlineData("connect", "bind")]
    public async Task A_ROUTER_and_a_libzmq_DEALER_exchange_multipart_messages_under_the_identity_of_the_peer(string ours, string theirs)
    {
        string path = _directory.Path("s");
        using PythonPeer? first = theirs == "bind" ? await PythonPeer.StartAsync("DEALER", theirs, path, "zoe") : null;
        await using var router = new TestSocket<RouterSocket>(new RouterSocket(), ours, path);
        using PythonPeer dealer = first ?? await PythonPeer.StartAsync("DEALER", theirs, path, "zoe");
        await dealer.SendAsync("a", "", "c");
        Assert.Equal(["zoe", "a", "", "c"], await router.ReceiveAsync());
        await router.SendAsync("zoe", "x", "y");
        Assert.Equal(["x", "y"], await dealer.ReceiveAsync());
    }

    [Theory]
    [InlineData("bind", "connect")]
    [InlineData("connect", "bind")]
    public async Task A_DEALER_and_a_libzmq_ROUTER_exchange_multipart_messages_under_our_identity(string ours, string theirs)
    {
        string path = _directory.Path("s");
        using PythonPeer? first = theirs == "bind" ? await PythonPeer.StartAsync("ROUTER", theirs, path) : null;
        var socket = new DealerSocket();
        socket.Options.Identity = Encoding.UTF8.GetBytes("anna");
        await using var dealer = new TestSocket<DealerSocket>(socket, ours, path);
        using PythonPeer router = first ?? await PythonPeer.StartAsync("ROUTER", theirs, path);
        await dealer.SendAsync("a", "b");
        Assert.Equal(["anna", "a", "b"], await router.ReceiveAsync());
        await router.SendAsync("anna", "back");
        Assert.Equal(["back"], await dealer.ReceiveAsync());
    }

    [Theory]
    [InlineData("bind", "connect")]
    [InlineData("connect", "bind")]
    public async Task A_libzmq_SUB_hears_what_it_subscribed_to_and_nothing_else(string ours, string theirs)
    {
        string path = _directory.Path("s");
        using PythonPeer? first = theirs == "bind" ? await PythonPeer.StartAsync("SUB", theirs, path) : null;
        await using var publisher = new TestSocket<XPublisherSocket>(new XPublisherSocket(), ours, path);
        using PythonPeer subscriber = first ?? await PythonPeer.StartAsync("SUB", theirs, path);
        await subscriber.AskAsync("sub topic");

        // A libzmq socket that is bound takes notice of a connection once it is used.
        Task<string[]> heard = subscriber.ReceiveAsync();
        Assert.Equal(["\u0001topic"], await publisher.ReceiveAsync());
        await publisher.SendAsync("other", "1");
        await publisher.SendAsync("topic", "2");
        Assert.Equal(["topic", "2"], await heard);
    }

    [Theory]
    [InlineData("SUB", "bind", "connect")]
    [InlineData("SUB", "connect", "bind")]
    [InlineData("XSUB", "bind", "connect")]
    [InlineData("XSUB", "connect", "bind")]
    public async Task A_libzmq_PUB_reaches_our_subscriber(string role, string ours, string theirs)
    {
        string path = _directory.Path("s");
        using PythonPeer? first = theirs == "bind" ? await PythonPeer.StartAsync("XPUB", theirs, path) : null;
        await using TestSocket<NetMQ.NetMQSocket> subscriber = Subscriber(role, ours, path);
        using PythonPeer publisher = first ?? await PythonPeer.StartAsync("XPUB", theirs, path);
        if (role == "XSUB")
        {
            await subscriber.SendAsync("\u0001topic");
        }

        Assert.Equal(["\u0001topic"], await publisher.ReceiveAsync());
        await publisher.SendAsync("topic", "1");
        Assert.Equal(["topic", "1"], await subscriber.ReceiveAsync());
    }

    [Theory]
    [InlineData("bind", "connect")]
    [InlineData("connect", "bind")]
    public async Task The_largest_frame_passes_in_both_directions(string ours, string theirs)
    {
        string path = _directory.Path("s");
        using PythonPeer? first = theirs == "bind" ? await PythonPeer.StartAsync("DEALER", theirs, path, "zoe") : null;
        var socket = new RouterSocket();
        socket.Options.MaxMsgSize = LargestFrame;
        await using var router = new TestSocket<RouterSocket>(socket, ours, path);
        using PythonPeer dealer = first ?? await PythonPeer.StartAsync("DEALER", theirs, path, "zoe");
        await dealer.AskAsync($"blob {LargestFrame}");
        byte[][] received = await router.ReceiveBytesAsync();
        Assert.Equal(LargestFrame, received[1].Length);
        Assert.Equal(LargestFrame, received[1].Count(b => b == (byte)'x'));
        await router.SendBytesAsync(received);
        Assert.Equal($"{LargestFrame}", await dealer.AskAsync("size"));
    }

    [Fact]
    public async Task A_message_of_many_large_frames_passes_in_both_directions()
    {
        const int Frames = 200;
        const int Bytes = 100_000;
        string path = _directory.Path("s");
        await using var router = new TestSocket<RouterSocket>(new RouterSocket(), "bind", path);
        using PythonPeer dealer = await PythonPeer.StartAsync("DEALER", "connect", path, "zoe");
        await dealer.AskAsync($"blob {Bytes} {Frames}");
        byte[][] received = await router.ReceiveBytesAsync();
        Assert.Equal(1 + Frames, received.Length);
        Assert.All(received[1..], frame => Assert.Equal(Bytes, frame.Length));
        await router.SendBytesAsync(received);
        Assert.Equal($"{Frames * Bytes}", await dealer.AskAsync("size"));
    }

    [Fact]
    public async Task A_libzmq_SUB_that_unsubscribes_hears_no_more_of_it()
    {
        string path = _directory.Path("s");
        await using var publisher = new TestSocket<XPublisherSocket>(new XPublisherSocket(), "bind", path);
        using PythonPeer subscriber = await PythonPeer.StartAsync("SUB", "connect", path);
        await subscriber.AskAsync("sub one");
        Assert.Equal(["\u0001one"], await publisher.ReceiveAsync());
        await subscriber.AskAsync("sub two");
        Assert.Equal(["\u0001two"], await publisher.ReceiveAsync());
        await subscriber.AskAsync("unsub one");
        Assert.Equal(["\u0000one"], await publisher.ReceiveAsync());
        await publisher.SendAsync("one", "1");
        await publisher.SendAsync("two", "2");
        Assert.Equal(["two", "2"], await subscriber.ReceiveAsync());
    }

    [Fact]
    public async Task A_libzmq_SUB_and_a_libzmq_DEALER_find_us_again_when_we_are_started_anew()
    {
        (string events, string calls) = (_directory.Path("e"), _directory.Path("s"));
        var publisher = new TestSocket<XPublisherSocket>(new XPublisherSocket(), "bind", events);
        var router = new TestSocket<RouterSocket>(new RouterSocket(), "bind", calls);
        using PythonPeer subscriber = await PythonPeer.StartAsync("SUB", "connect", events);
        using PythonPeer dealer = await PythonPeer.StartAsync("DEALER", "connect", calls, "zoe");
        await subscriber.AskAsync("sub topic");
        Assert.Equal(["\u0001topic"], await publisher.ReceiveAsync());
        await dealer.SendAsync("1");
        Assert.Equal(["zoe", "1"], await router.ReceiveAsync());
        await publisher.DisposeAsync();
        await router.DisposeAsync();

        await using var nextPublisher = new TestSocket<XPublisherSocket>(new XPublisherSocket(), "bind", events);
        await using var nextRouter = new TestSocket<RouterSocket>(new RouterSocket(), "bind", calls);

        // A libzmq socket subscribes again once it is used.
        Task<string[]> heard = subscriber.ReceiveAsync();
        Assert.Equal(["\u0001topic"], await nextPublisher.ReceiveAsync());
        await nextPublisher.SendAsync("topic", "again");
        Assert.Equal(["topic", "again"], await heard);
        await dealer.SendAsync("2");
        Assert.Equal(["zoe", "2"], await nextRouter.ReceiveAsync());
    }

    [Theory]
    [InlineData("bind", "connect")]
    [InlineData("connect", "bind")]
    public async Task Our_PUB_and_a_libzmq_XSUB_find_each_other(string ours, string theirs)
    {
        string path = _directory.Path("s");
        using PythonPeer? first = theirs == "bind" ? await PythonPeer.StartAsync("XSUB", theirs, path) : null;
        await using var publisher = new TestSocket<PublisherSocket>(new PublisherSocket(), ours, path);
        using PythonPeer subscriber = first ?? await PythonPeer.StartAsync("XSUB", theirs, path);
        Task<string[]> heard = SubscribedAsync();
        while (!heard.IsCompleted)
        {
            await publisher.SendAsync("topic", "1");
        }

        Assert.Equal(["topic", "1"], await heard);

        async Task<string[]> SubscribedAsync()
        {
            await subscriber.SendAsync("\u0001topic");
            return await subscriber.ReceiveAsync();
        }
    }

    [Theory]
    [InlineData("bind", "connect")]
    [InlineData("connect", "bind")]
    public async Task Our_SUB_and_a_libzmq_PUB_find_each_other(string ours, string theirs)
    {
        string path = _directory.Path("s");
        using PythonPeer? first = theirs == "bind" ? await PythonPeer.StartAsync("PUB", theirs, path) : null;
        await using TestSocket<NetMQ.NetMQSocket> subscriber = Subscriber("SUB", ours, path);
        using PythonPeer publisher = first ?? await PythonPeer.StartAsync("PUB", theirs, path);
        Task<string[]> heard = subscriber.ReceiveAsync();
        while (!heard.IsCompleted)
        {
            await publisher.SendAsync("other", "0");
            await publisher.SendAsync("topic", "1");
        }

        Assert.Equal(["topic", "1"], await heard);
    }

    [Fact]
    public async Task A_DEALER_finds_a_libzmq_ROUTER_again_that_was_killed()
    {
        string path = _directory.Path("s");
        PythonPeer router = await PythonPeer.StartAsync("ROUTER", "bind", path);
        var socket = new DealerSocket();
        socket.Options.Identity = Encoding.UTF8.GetBytes("anna");
        await using var dealer = new TestSocket<DealerSocket>(socket, "connect", path);
        await dealer.SendAsync("1");
        Assert.Equal(["anna", "1"], await router.ReceiveAsync());
        router.Dispose();
        await dealer.ConnectionAsync(false);
        using PythonPeer next = await PythonPeer.StartAsync("ROUTER", "bind", path);
        await dealer.ConnectionAsync(true);
        await dealer.SendAsync("2");
        Assert.Equal(["anna", "2"], await next.ReceiveAsync());
    }

    [Fact]
    public async Task A_SUB_subscribes_again_at_a_libzmq_PUB_that_was_killed()
    {
        string path = _directory.Path("s");
        PythonPeer publisher = await PythonPeer.StartAsync("XPUB", "bind", path);
        await using TestSocket<NetMQ.NetMQSocket> subscriber = Subscriber("SUB", "connect", path);
        Assert.Equal(["\u0001topic"], await publisher.ReceiveAsync());
        publisher.Dispose();
        await subscriber.ConnectionAsync(false);
        using PythonPeer next = await PythonPeer.StartAsync("XPUB", "bind", path);
        Assert.Equal(["\u0001topic"], await next.ReceiveAsync());
        await next.SendAsync("topic", "again");
        Assert.Equal(["topic", "again"], await subscriber.ReceiveAsync());
    }

    private static TestSocket<NetMQ.NetMQSocket> Subscriber(string role, string how, string path)
    {
        if (role == "XSUB")
        {
            return new TestSocket<NetMQ.NetMQSocket>(new XSubscriberSocket(), how, path);
        }

        var socket = new SubscriberSocket();
        socket.Subscribe("topic");
        return new TestSocket<NetMQ.NetMQSocket>(socket, how, path);
    }
}
