using System.Net.Sockets;
using System.Runtime.InteropServices;

namespace PvExec.Bus.Transport;

/// <summary>Who is at the other end of a Unix socket, as the kernel saw it at connect(2): SO_PEERCRED in unix(7).</summary>
public readonly record struct PeerCredentials(int Pid, uint Uid, uint Gid)
{
    private const int SolSocket = 1;
    private const int SoPeerCred = 17;

    /// <exception cref="SocketException">The socket is not connected.</exception>
    public static PeerCredentials Of(Socket socket)
    {
        // struct ucred: pid, uid, gid, four bytes each.
        Span<int> ucred = stackalloc int[3];
        socket.GetRawSocketOption(SolSocket, SoPeerCred, MemoryMarshal.AsBytes(ucred));
        return new PeerCredentials(ucred[0], (uint)ucred[1], (uint)ucred[2]);
    }
}
