namespace PvExec.Linux.Sockets;

/// <summary>A connection that is held as a plain number, and used again for the next one: for a loop that may not allocate for each. Not for two threads at once.</summary>
public sealed class PacketConnection : IPacketEnd
{
    /// <summary>-1 when it is closed.</summary>
    public int Number { get; private set; } = -1;

    /// <summary>Who connected, as of the connect(2).</summary>
    public PeerCredentials Peer { get; private set; }

    /// <param name="number">Of <see cref="PacketSocket.TryAcceptNumber"/>; this one's from now on.</param>
    public void Open(int number)
    {
        Number = number;
        Peer = PacketCalls.Peer(number);
    }

    public int TrySendNumbers(ReadOnlySpan<byte> bytes, ReadOnlySpan<int> descriptors) => PacketCalls.Send(Number, bytes, descriptors);

    public ReceivedPacket Receive(Span<byte> buffer, DescriptorBuffer descriptors)
    {
        ReceivedPacket received = PacketCalls.Receive(Number, buffer, descriptors.Room, atOnce: false, out int count);
        descriptors.Added(count);
        return received;
    }

    public void Close()
    {
        if (Number >= 0)
        {
            DescriptorBuffer.Close(Number);
            Number = -1;
        }
    }
}
