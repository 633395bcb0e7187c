namespace PvExec.Linux.Sockets;

/// <summary>What one receive brought.</summary>
/// <param name="Length">Bytes in the buffer.</param>
/// <param name="Errno">0, or why there is no packet: EAGAIN when none is waiting.</param>
/// <param name="Truncated">The packet was larger than the buffer.</param>
/// <param name="Sender">Set on sockets bound with <see cref="PacketSocket.BindDatagram"/>.</param>
public readonly record struct ReceivedPacket(int Length, int Errno, bool Truncated, PeerCredentials Sender)
{
    /// <summary>Descriptors that came with it are gone, since this process may have no more of them (MSG_CTRUNC).</summary>
    public bool DescriptorsLost { get; init; }

    /// <summary>On a connected socket: the other end has closed.</summary>
    public bool Ended => Errno == 0 && Length == 0;
}
