using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;
using PvExec.Linux.Files;
using PvExec.Linux.Sockets;

namespace PvExec.Linux.Tests.Sockets;

public sealed class PacketSocketTests : IDisposable
{
    private readonly DirectoryInfo _directory = Directory.CreateTempSubdirectory("pvl-");
    private readonly byte[] _buffer = new byte[64];
    private readonly List<SafeFileHandle> _descriptors = [];

    public void Dispose()
    {
        _descriptors.ForEach(one => one.Dispose());
        _directory.Delete(recursive: true);
    }

    [Fact]
    public void Packets_keep_their_boundaries_and_their_descriptors()
    {
        (PacketSocket first, PacketSocket second) = PacketSocket.Pair();
        using (first)
        using (second)
        using (SafeFileHandle file = MemoryFile.Create("test", "content"u8))
        {
            Assert.Equal(0, first.TrySend("one"u8, new SafeHandle[] { file, file }));
            Assert.Equal(0, first.TrySend("second"u8));
            Assert.Equal(3, second.Receive(_buffer, _descriptors).Length);
            Assert.Equal(2, _descriptors.Count);
            Assert.Equal(7, RandomAccess.GetLength(_descriptors[1]));
            Assert.Equal(6, second.Receive(_buffer, _descriptors).Length);
            first.Shutdown();
            Assert.True(second.Receive(_buffer, _descriptors).Ended);
            Assert.Equal(Errno.EPIPE, second.TrySend("late"u8));
        }
    }

    [Fact]
    public void A_packet_that_does_not_fit_is_told()
    {
        (PacketSocket first, PacketSocket second) = PacketSocket.Pair();
        using (first)
        using (second)
        {
            first.TrySend(new byte[100]);
            Assert.True(second.Receive(_buffer, _descriptors).Truncated);
        }
    }

    [Fact]
    public void A_listener_learns_who_connected_and_never_blocks()
    {
        string path = Path.Combine(_directory.FullName, "s");
        using PacketSocket listener = PacketSocket.Listen(path, 4);
        Assert.Null(listener.TryAccept(out int nobody));
        Assert.Equal(Errno.EAGAIN, nobody);
        using PacketSocket client = PacketSocket.TryConnect(path, out int errno)!;
        using PacketSocket server = listener.TryAccept(out _)!;
        Assert.Equal(Environment.ProcessId, server.Peer.Pid);
        Assert.Equal(EffectiveUser.Id, server.Peer.Uid);
        Assert.Equal(Errno.EAGAIN, server.Receive(_buffer, _descriptors).Errno);
        Assert.Equal(0, errno);
    }

    [Fact]
    public void Datagrams_name_their_sender()
    {
        string path = Path.Combine(_directory.FullName, "n");
        using PacketSocket socket = PacketSocket.BindDatagram(path);
        using var sender = new System.Net.Sockets.Socket(System.Net.Sockets.AddressFamily.Unix, System.Net.Sockets.SocketType.Dgram, 0);
        sender.SendTo("READY=1"u8, new System.Net.Sockets.UnixDomainSocketEndPoint(path));
        ReceivedPacket packet = socket.Receive(_buffer, _descriptors);
        Assert.Equal(7, packet.Length);
        Assert.Equal(Environment.ProcessId, packet.Sender.Pid);
    }

    [Fact]
    public void Connecting_to_nobody_gives_the_error_number()
    {
        Assert.Null(PacketSocket.TryConnect(Path.Combine(_directory.FullName, "nobody"), out int errno));
        Assert.Equal(Errno.ENOENT, errno);
        Assert.Throws<PathTooLongException>(() => PacketSocket.TryConnect("/" + new string('x', 107), out _));
    }
}
