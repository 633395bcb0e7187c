namespace PvExec.Linux.Sockets;

/// <summary>An end of a connection that keeps message boundaries and carries descriptors.</summary>
public interface IPacketEnd
{
    /// <summary>Sends one packet.</summary>
    /// <param name="descriptors">At most 253; they stay the caller's.</param>
    /// <returns>0, or the errno: EAGAIN when there is no room now, EPIPE when the other end has closed.</returns>
    int TrySendNumbers(ReadOnlySpan<byte> bytes, ReadOnlySpan<int> descriptors);

    /// <summary>Receives one packet.</summary>
    /// <param name="descriptors">Empty; filled with those that came with the packet.</param>
    ReceivedPacket Receive(Span<byte> buffer, DescriptorBuffer descriptors);
}
