using System.Buffers;
using System.Runtime.InteropServices;
using PvExec.Init.Core;
using PvExec.InitClient;
using PvExec.Linux.Files;
using PvExec.Linux.Sockets;
using PvExec.Proto.Init;

namespace PvExec.Init.Tests.Protocol;

/// <summary>The way of a packet into pv-init, up to where something would be done with it.</summary>
public sealed class PacketReaderTests : IDisposable
{
    private const int Packets = 20_000;

    private readonly PacketSocket _caller;
    private readonly PacketSocket _init;
    private readonly PacketReader _reader = new();

    public PacketReaderTests() => (_caller, _init) = PacketSocket.Pair();

    public void Dispose()
    {
        _caller.Dispose();
        _init.Dispose();
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    public void Twenty_thousand_mutated_packets_are_read_or_refused_and_leave_no_descriptor(int seed)
    {
        var random = new Random(seed);
        byte[][] sound = [.. Sound()];
        PipePair pipe = PipePair.Open(nonBlocking: true);
        using SafeHandle reader = pipe.ReadEnd;
        using SafeHandle writer = pipe.WriteEnd;
        int read = 0;
        for (int i = 0; i < Packets; i++)
        {
            byte[] bytes = Mutate(random, sound[random.Next(sound.Length)]);
            Assert.Equal(0, random.Next(4) == 0 ? _caller.TrySend(bytes, [reader, writer]) : _caller.TrySend(bytes));
            ReceiveResult result = _reader.Receive(_init, out InitPacket packet, out _);
            Assert.NotEqual(ReceiveResult.Nothing, result);
            if (result == ReceiveResult.Message)
            {
                read += Use(packet, _reader.Descriptors.Count) ? 1 : 0;
            }

            _reader.DropDescriptors();
        }

        Assert.InRange(read, 1, Packets - 1);

        // The pipe ends when nobody has its other end open any more.
        writer.Dispose();
        Assert.True(SpinWait.SpinUntil(() => NonBlockingRead.Read(reader, new byte[1]) == 0, TimeSpan.FromSeconds(30)), "descriptors of a packet stay open");
    }

    [Fact]
    public void A_large_message_is_read_from_its_memory_file_and_then_a_small_one()
    {
        var sender = new MessageSender();
        var large = new Spawn("large", [], [[1], new byte[100_000]], [], [0x2f], 0, [], []);
        Assert.Equal(0, sender.Send(_caller, 7, large));
        Assert.Equal(ReceiveResult.Message, _reader.Receive(_init, out InitPacket packet, out _));
        Assert.True(SpawnView.TryRead(packet, out SpawnView view));
        PackedTexts.Enumerator arguments = view.Arguments.GetEnumerator();
        Assert.True(arguments.MoveNext() && arguments.MoveNext());
        Assert.Equal(100_000, arguments.Current.Length);
        Assert.Equal(0, _reader.Descriptors.Count);

        Assert.Equal(0, sender.Send(_caller, 8, new Acknowledge(5)));
        Assert.Equal(ReceiveResult.Message, _reader.Receive(_init, out packet, out _));
        Assert.True(packet.TryRead(out Acknowledge acknowledge));
        Assert.Equal(5UL, acknowledge.Child);
    }

    private static bool Use(in InitPacket packet, int descriptors)
    {
        switch (packet.Type)
        {
            case MessageType.Spawn when SpawnView.TryRead(packet, out SpawnView spawn):
                _ = SpawnRules.Problem(spawn, descriptors);
                return true;
            case MessageType.Signal:
                return packet.TryRead(out Signal _);
            case MessageType.Acknowledge:
                return packet.TryRead(out Acknowledge _);
            case MessageType.Hello:
                return packet.TryRead(out Hello _);
            default:
                return false;
        }
    }

    private static IEnumerable<byte[]> Sound()
    {
        var attributes = new SpawnAttributes { Uid = 1, Gid = 2, Groups = [3, 4], Limits = [new ResourceLimit(7, 1, -1)], Nice = 1, Umask = 18, Terminal = 0 };
        yield return Bytes(new Spawn("label", [1, 2], ["/bin/true"u8.ToArray(), []], ["PATH=/bin"u8.ToArray()], "/"u8.ToArray(), 0, [0, 1], ["out"], attributes));
        yield return Bytes(new Spawn("label", [], ["true"u8.ToArray()], [], "/"u8.ToArray(), 0, [], []));
        yield return Bytes(new Signal(1, 9, 2));
        yield return Bytes(new Acknowledge(77));
        yield return Bytes(new Hello(1, ""));
        yield return [0x93, 0, 0, 0xc0];
    }

    private static byte[] Bytes<T>(T message)
        where T : IInitMessage<T>
    {
        var output = new ArrayBufferWriter<byte>();
        InitPacket.Write(output, 9, message);
        return output.WrittenSpan.ToArray();
    }

    /// <summary>Bytes changed, cut off, put in twice.</summary>
    private static byte[] Mutate(Random random, byte[] sound)
    {
        var bytes = new List<byte>(sound);
        for (int change = random.Next(4); change > 0; change--)
        {
            int at = random.Next(bytes.Count);
            switch (random.Next(3))
            {
                case 0:
                    bytes[at] = (byte)random.Next(256);
                    break;
                case 1 when at > 0:
                    bytes.RemoveRange(at, random.Next(1, bytes.Count - at + 1));
                    break;
                default:
                    bytes.InsertRange(at, bytes[at..random.Next(at, bytes.Count)]);
                    break;
            }
        }

        return [.. bytes];
    }
}
