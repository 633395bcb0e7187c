using System.Buffers;
using PvExec.Init.Core;
using PvExec.Proto.Init;

namespace PvExec.Init.Tests.Protocol;

public class InitPacketTests
{
    private static readonly Exited Exit = new(9, -1, 11, true, 1, 2, 3, 4)
    {
        StartedMicroseconds = 5, OomKilled = true, MinorFaults = 6, MajorFaults = 7, BlocksRead = 8, BlocksWritten = 9, VoluntarySwitches = 10, InvoluntarySwitches = 11,
    };

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
        Same(new Spawned(1, 2, long.MaxValue) { Group = 3 });
        Same(new SpawnFailed("exec", 2));
        Same(new StopRequested(4000));
        Same(new TakeOver());
        Same(new RestartService("exec"));
        Same(new Stored("port"));
        Same(new HandOverRequested(4000));
        Same(new ExitsDropped(long.MaxValue));
        Same(Exit);
    }

    [Fact]
    public void Messages_with_lists_come_back_as_they_were_written()
    {
        Spawn spawn = RoundTrip(new Spawn("l", [1, 2], [[0xff], [0x61]], [[0x3d]], [0x2f], 1, [1, 1023], ["out"]));
        Assert.Equal([[0xff], [0x61]], spawn.Arguments);
        Assert.Equal([1, 1023], spawn.Targets);
        Assert.Equal(["out"], spawn.Kept);
        Assert.Null(spawn.Attributes);
        Owned owned = RoundTrip(new Owned(7, 8, "l", 9, [5], ["a", "b"], Exit) { Group = 4 });
        Assert.Equal(4u, owned.Group);
        Assert.Equal(Exit, owned.Exit);
        Assert.Equal(["a", "b"], owned.Kept);
        Assert.Null(RoundTrip(new Owned(7, 8, "l", 9, [5], [], null)).Exit);
        Assert.Equal(["table", "lock"], RoundTrip(new HandedOver(["table", "lock"])).Names);
        Assert.Equal(["table", "lock"], RoundTrip(new TookOver(["table", "lock"])).Names);
        var status = new ServiceStatus("exec", 1, "ready", "", 2, 3, 4);
        Assert.Equal([status], RoundTrip(new ServiceList([status])).Services);
    }

    [Fact]
    public void Attributes_come_back_as_they_were_written_and_are_the_same_to_pv_init()
    {
        var attributes = new SpawnAttributes
        {
            Uid = 1, Gid = uint.MaxValue, Groups = [2, 3], Limits = [new ResourceLimit(7, -1, 5)], Nice = -20, OomScore = 1000, Umask = 18,
            NoNewPrivileges = true, Terminal = 4, OwnCgroup = false, PidFd = true,
        };
        var spawn = new Spawn("é", [1], [[0xff], []], [[0x3d]], [0x2f], 1, [1, 1023], ["out", "err"], attributes);
        SpawnAttributes read = RoundTrip(spawn).Attributes!;
        Assert.Equal(attributes with { Groups = read.Groups, Limits = read.Limits }, read);
        Assert.Equal([2, 3], read.Groups!);
        Assert.Equal([new ResourceLimit(7, -1, 5)], read.Limits);

        SpawnView view = Views.Of(spawn);
        Assert.Equal("é"u8, view.Label.Span);
        Assert.Equal([1], view.State.ToArray());
        Assert.Equal([[0xff], []], Texts(view.Arguments));
        Assert.Equal([[0x3d]], Texts(view.Environment));
        Assert.Equal("/"u8, view.WorkingDirectory.Span);
        Assert.Equal([1, 1023], Numbers(view.Targets));
        Assert.Equal(["out"u8.ToArray(), "err"u8.ToArray()], Texts(view.Kept));
        Assert.Equal([2, 3], Numbers(view.Groups!.Value));
        Assert.Equal([7, -1, 5], Numbers(view.Limits));
        Assert.Equal(
            (1u, uint.MaxValue, -20, 1000, 18u, true, 4, false, true),
            (view.Uid!.Value, view.Gid!.Value, view.Nice!.Value, view.OomScore!.Value, view.Umask!.Value, view.NoNewPrivileges, view.Terminal!.Value, view.OwnCgroup, view.PidFd));
    }

    [Fact]
    public void What_an_earlier_build_leaves_out_has_its_default()
    {
        // [Spawn, 1, ["l", h'', [h'61'], [], h'2f', 0, [], []]] and an Exited of eight fields.
        byte[] spawn = [0x93, 2, 1, 0x98, 0xa1, 0x6c, 0xc4, 0, 0x91, 0xc4, 1, 0x61, 0x90, 0xc4, 1, 0x2f, 0, 0x90, 0x90];
        Assert.True(InitPacket.TryParse(spawn, out InitPacket packet));
        Assert.True(packet.TryRead(out Spawn read) && read.Attributes is null);
        Assert.True(SpawnView.TryRead(packet, out SpawnView view));
        Assert.True(view is { OwnCgroup: true, PidFd: false });
        Assert.Equal((0, null, null), (view.Limits.Count, view.Uid, view.Groups));

        // The same with attributes, ten of them.
        spawn = [.. spawn, 0x9a, 0xc0, 0xc0, 0xc0, 0x90, 0xc0, 0xc0, 0xc0, 0xc2, 0xc0, 0xc3];
        spawn[3] = 0x99;
        Assert.True(InitPacket.TryParse(spawn, out packet));
        Assert.True(packet.TryRead(out read) && read.Attributes is { OwnCgroup: true, PidFd: false });
        Assert.True(SpawnView.TryRead(packet, out view) && view is { OwnCgroup: true, PidFd: false });
        Assert.True(InitPacket.TryParse(new byte[] { 0x93, 71, 0, 0x98, 9, 1, 0, 0xc2, 1, 2, 3, 4 }, out packet));
        Assert.True(packet.TryRead(out Exited exited));
        Assert.Equal(new Exited(9, 1, 0, false, 1, 2, 3, 4) { Group = 9 }, exited);

        // A group had its child's number.
        Assert.True(InitPacket.TryParse(new byte[] { 0x93, 66, 1, 0x93, 5, 6, 7 }, out packet));
        Assert.True(packet.TryRead(out Spawned spawned));
        Assert.Equal(new Spawned(5, 6, 7) { Group = 5 }, spawned);
        Assert.True(InitPacket.TryParse(new byte[] { 0x93, 64, 0, 0x97, 5, 6, 0xa0, 7, 0xc4, 0, 0x90, 0xc0 }, out packet));
        Assert.True(packet.TryRead(out Owned owned));
        Assert.Equal(5u, owned.Group);
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
        var attributes = new SpawnAttributes { Uid = 1, Groups = [2, 3], Limits = [new ResourceLimit(7, 1, 2)], Terminal = 1 };
        InitPacket.Write(output, 5, new Spawn("label", [1], [[1]], [[2]], [3], 0, [1], ["k"], attributes));
        for (int i = 0; i < 20_000; i++)
        {
            byte[] bytes = output.WrittenSpan.ToArray();
            for (int change = random.Next(1, 4); change > 0; change--)
            {
                bytes[random.Next(bytes.Length)] = (byte)random.Next(256);
            }

            if (InitPacket.TryParse(bytes.AsMemory(0, random.Next(bytes.Length + 1)), out InitPacket packet))
            {
                Assert.True(SpawnView.TryRead(packet, out SpawnView view) || !packet.TryRead(out Spawn _), "pv-init reads less than was written");
                _ = SpawnRules.Problem(view, 2);
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

    private static List<byte[]> Texts(PackedTexts texts)
    {
        var list = new List<byte[]>();
        foreach (ReadOnlySpan<byte> text in texts)
        {
            list.Add(text.ToArray());
        }

        return list;
    }

    private static List<long> Numbers(PackedNumbers numbers)
    {
        var list = new List<long>();
        foreach (long number in numbers)
        {
            list.Add(number);
        }

        return list;
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
