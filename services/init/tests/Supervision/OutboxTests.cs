using Microsoft.Win32.SafeHandles;
using PvExec.Init.Supervision;
using PvExec.InitClient;
using PvExec.Linux;
using PvExec.Linux.Files;
using PvExec.Linux.Sockets;
using PvExec.Proto.Init;

namespace PvExec.Init.Tests.Supervision;

public sealed class OutboxTests : IDisposable
{
    private readonly PacketSocket _init;
    private readonly PacketSocket _service;
    private readonly MessageSender _sender = new();
    private readonly MessageReceiver _receiver = new();
    private readonly Outbox _outbox = new();

    public OutboxTests() => (_init, _service) = PacketSocket.Pair();

    public void Dispose()
    {
        _outbox.Clear();
        _receiver.DropDescriptors();
        _init.Dispose();
        _service.Dispose();
    }

    [Fact]
    public void What_waits_goes_out_in_order_with_its_descriptors_though_they_were_closed_meanwhile()
    {
        using (SafeFileHandle file = MemoryFile.Create("test", "content"u8))
        {
            Assert.Equal(Errno.EAGAIN, Add(1, new Stored("one"), (int)file.DangerousGetHandle()));
            Assert.Equal(Errno.EAGAIN, Add(2, new Spawn("large", [], [new byte[100_000]], [], [], 0, [], ["x"]), (int)file.DangerousGetHandle()));
            Assert.Equal(Errno.EAGAIN, Add(3, new Done()));
        }

        Assert.Equal(0, _outbox.Flush(_init));

        Assert.True(_outbox.IsEmpty);
        Assert.Equal((MessageType.Stored, 1UL), Next());
        Assert.Equal(7, RandomAccess.GetLength(Assert.Single(_receiver.Descriptors)));
        _receiver.DropDescriptors();
        Assert.Equal((MessageType.Spawn, 2UL), Next());
        Assert.Equal(7, RandomAccess.GetLength(Assert.Single(_receiver.Descriptors)));
        _receiver.DropDescriptors();
        Assert.Equal((MessageType.Done, 3UL), Next());
        Assert.Empty(_receiver.Descriptors);
    }

    [Fact]
    public void A_line_that_is_broken_says_why_and_what_is_dropped_is_closed()
    {
        PipePair pipe = PipePair.Open(nonBlocking: true);
        using System.Runtime.InteropServices.SafeHandle reader = pipe.ReadEnd;
        Assert.Equal(Errno.EAGAIN, Add(1, new Stored("one"), (int)pipe.WriteEnd.DangerousGetHandle()));
        pipe.WriteEnd.Dispose();
        _service.Dispose();
        Assert.Equal(Errno.EPIPE, _outbox.Flush(_init));
        Assert.Equal(NonBlockingRead.NothingNow, NonBlockingRead.Read(pipe.ReadEnd, new byte[1]));

        _outbox.Clear();

        Assert.Equal(0, NonBlockingRead.Read(pipe.ReadEnd, new byte[1]));
    }

    [Fact]
    public void One_that_takes_nothing_is_given_up_at_last()
    {
        for (int i = 0; i < Outbox.MaxMessages; i++)
        {
            Assert.Equal(Errno.EAGAIN, Add(0, new Done()));
        }

        Assert.Equal(Errno.EPIPE, Add(0, new Done()));
    }

    [Fact]
    public void Nothing_is_allocated_once_warm()
    {
        for (int round = 0; round < 3; round++)
        {
            long before = GC.GetAllocatedBytesForCurrentThread();
            for (ulong i = 0; i < 200; i++)
            {
                _ = Add(i, new Spawned(i, 1, 2));
            }

            _outbox.Clear();
            Assert.True(round == 0 || GC.GetAllocatedBytesForCurrentThread() == before);
        }
    }

    private int Add<T>(ulong correlation, T message, params ReadOnlySpan<int> descriptors)
        where T : IInitMessage<T> => _outbox.Add(correlation, _sender.Write(correlation, message), descriptors);

    private (MessageType Type, ulong Correlation) Next()
    {
        Assert.Equal(ReceiveResult.Message, _receiver.Receive(_service, out InitPacket packet, out _));
        return (packet.Type, packet.Correlation);
    }
}
