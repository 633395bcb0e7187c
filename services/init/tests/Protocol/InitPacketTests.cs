using System.Buffers;
using PvExec.Proto.Init;

namespace PvExec.Init.Tests.Protocol;

public class InitPacketTests
{
    private static readonly Exited Exit = new(9, -1, 11, true, 1, 2, 3, 4);

    [Fact]
    public void Every_message_comes_back_as_it_was_written()
    {
        Same(new Hello(1, "exec"));
        Same(new Welcome(1, "exec", Standby: true));
        Same(new Acknowledge(ulong.MaxValue));
        Same(new Signal(1, 9, 2));
        Same(new ListServices());
        Same(new Done());
        Same(new Failed(3, "é"));
        Same(new Spawned(1, 2, long.MaxValue));
        Same(new SpawnFailed("exec", 2));
        Same(new StopRequested(4000));
        Same(new TakeOver());
        Same(new RestartService("exec"));
        Same(new Stored("port"));
        Same(new HandOverRequested(4000));
        Same(Exit);
    }

    [Fact]
    public void Messages_with_lists_come_back_as_they_were_written()
    {
        Spawn spawn = RoundTrip(new Spawn("l", [1, 2], [[0xff], [0x61]], [[0x3d]], [0x2f], 1, [1, 1023], ["out"]));
        Assert.Equal([[0xff], [0x61]], spawn.Arguments);
        Assert.Equal([1, 1023], spawn.Targets);
        Assert.Equal(["out"], spawn.Kept);
        Owned owned = RoundTrip(new Owned(7, 8, "l", 9, [5], ["a", "b"], Exit));
        Assert.Equal(Exit, owned.Exit);
        Assert.Equal(["a", "b"], owned.Kept);
        Assert.Null(RoundTrip(new Owned(7, 8, "l", 9, [5], [], null)).Exit);
        Assert.Equal(["table", "lock"], RoundTrip(new HandedOver(["table", "lock"])).Names);
        Assert.Equal(["table", "lock"], RoundTrip(new TookOver(["table", "lock"])).Names);
        var status = new ServiceStatus("exec", 1, "ready", "", 2, 3, 4);
        Assert.Equal([status], RoundTrip(new ServiceList([status])).Services);
    }

    [Fact]
    public void Fields_that_a_later_version_appends_are_skipped()
    {
        // [Hello, 1, [1, "exec", "later"]]
        Assert.True(InitPacket.TryParse(new byte[] { 0x93, 1, 1, 0x93, 1, 0xa4, 0x65, 0x78, 0x65, 0x63, 0xa1, 0x61 }, out InitPacket packet));
        Assert.True(packet.TryRead(out Hello hello));
        Assert.Equal(1u, hello.Version);
    }

    [Fact]
    public void Garbage_is_told_from_a_message_without_an_exception()
    {
        var random = new Random(20_261_123);
        var output = new ArrayBufferWriter<byte>();
        InitPacket.Write(output, 5, new Spawn("label", [1], [[1]], [[2]], [3], 0, [1], ["k"]));
        for (int i = 0; i < 20_000; i++)
        {
            byte[] bytes = output.WrittenSpan.ToArray();
            for (int change = random.Next(1, 4); change > 0; change--)
            {
                bytes[random.Next(bytes.Length)] = (byte)random.Next(256);
            }

            if (InitPacket.TryParse(bytes.AsMemory(0, random.Next(bytes.Length + 1)), out InitPacket packet))
            {
                _ = packet.TryRead(out Spawn _);
                _ = packet.TryRead(out Owned _);
                _ = packet.TryRead(out ServiceList _);
                _ = packet.TryRead(out Signal _);
            }
        }
    }

    [Fact]
    public void A_length_that_the_bytes_do_not_hold_is_no_message()
    {
        // An array of four thousand million fields; a body that ends early; bytes behind the body.
        Assert.False(InitPacket.TryParse(new byte[] { 0xdd, 0xff, 0xff, 0xff, 0xff }, out _));
        Assert.True(InitPacket.TryParse(new byte[] { 0x93, 1, 1, 0xdd, 0xff, 0xff, 0xff, 0xff }, out InitPacket huge));
        Assert.False(huge.TryRead(out Hello _));
        Assert.True(InitPacket.TryParse(new byte[] { 0x93, 1, 1, 0x91, 1, 1 }, out InitPacket trailing));
        Assert.False(trailing.TryRead(out Hello _));
    }

    private static void Same<T>(T message)
        where T : IInitMessage<T> => Assert.Equal(message, RoundTrip(message));

    private static T RoundTrip<T>(T message)
        where T : IInitMessage<T>
    {
        var output = new ArrayBufferWriter<byte>();
        InitPacket.Write(output, 77, message);
        Assert.True(InitPacket.TryParse(output.WrittenMemory, out InitPacket packet));
        Assert.Equal(77ul, packet.Correlation);
        Assert.Equal(T.Type, packet.Type);
        Assert.True(packet.TryRead(out T read));
        return read;
    }
}
