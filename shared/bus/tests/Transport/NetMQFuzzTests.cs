using NetMQ.Sockets;
using PvExec.Bus.Calls;
using PvExec.Bus.Tests.Support;
using PvExec.Bus.Transport;
using PvExec.Kernel;
using PvExec.Proto.Bus;
using PvExec.Proto.Bus.Common;
using PvExec.Proto.Bus.Exec;

namespace PvExec.Bus.Tests.Transport;

/// <summary>Damaged streams on real connections: an exception that reached NetMQ's thread would end this process.</summary>
public sealed class NetMQFuzzTests : IDisposable
{
    private readonly ShortDirectory _directory = new();

    public void Dispose() => _directory.Dispose();

    [Theory]
    [InlineData(11)]
    [InlineData(12)]
    public async Task Two_thousand_damaged_connections_to_a_ROUTER_leave_it_serving(int seed)
    {
        var socket = new RouterSocket();
        socket.Options.MaxMsgSize = StreamFuzz.FrameBytes;
        await using var router = new TestSocket<RouterSocket>(socket, "bind", _directory.Path("s"));
        await ConnectAllAsync(new StreamFuzz(seed, "DEALER"), 2000);
        using PythonPeer dealer = await PythonPeer.StartAsync("DEALER", "connect", _directory.Path("s"), "sound");
        await dealer.SendAsync("hello");
        while (!(await router.ReceiveAsync()).SequenceEqual(["sound", "hello"]))
        {
            // What got through of the others.
            continue;
        }
    }

    [Fact]
    public async Task Two_thousand_damaged_connections_to_a_server_leave_it_answering()
    {
        var log = new ListLogger<BusServer>();
        await using var server = new BusServer("exec", BusLimits.Default with { MaxFrameBytes = StreamFuzz.FrameBytes }, UnixTransportOptions.Default, log);
        server.Handle<AcquireScopes, Done>((_, call, _) =>
        {
            call.OnGivenUp(() => { });
            return Task.FromResult<Outcome<Done>>(Done.Value);
        });
        server.Start(_directory.Path("s"));
        await ConnectAllAsync(new StreamFuzz(14, "DEALER"), 2000);
        using PythonPeer dealer = await PythonPeer.StartAsync("DEALER", "connect", _directory.Path("s"), "sound");
        await dealer.SendBytesAsync(BusCodec.Encode(new AcquireScopes([], [], "a", "b", default), 5, null, null));
        Assert.Equal(5UL, BusCodec.Decode((await dealer.ReceiveBytesAsync())[0]).Value.Correlation);
        Assert.DoesNotContain(log.Lines, line => line.Contains("unexpectedly", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Two_thousand_damaged_connections_to_an_XPUB_leave_it_publishing()
    {
        await using var publisher = new TestSocket<XPublisherSocket>(new XPublisherSocket(), "bind", _directory.Path("s"));
        await ConnectAllAsync(new StreamFuzz(13, "SUB"), 2000);
        using PythonPeer subscriber = await PythonPeer.StartAsync("SUB", "connect", _directory.Path("s"));
        await subscriber.AskAsync("sub sound topic");
        while (!(await publisher.ReceiveAsync()).SequenceEqual(["\u0001sound topic"]))
        {
            continue;
        }

        await publisher.SendAsync("sound topic", "hello");
        Assert.Equal(["sound topic", "hello"], await subscriber.ReceiveAsync());
    }

    private async Task ConnectAllAsync(StreamFuzz fuzz, int count)
    {
        for (int i = 0; i < count; i++)
        {
            using RawPeer peer = RawPeer.Connect(_directory.Path("s"));
            peer.Send(fuzz.Next());

            // A few stay for the answer, so that the engine comes as far as the bytes allow.
            if (i % 8 == 0)
            {
                await peer.FinishAsync();
            }
        }
    }
}
