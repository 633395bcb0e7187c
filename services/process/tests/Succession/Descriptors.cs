using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;
using PvExec.Linux.Sockets;

namespace PvExec.Processes.Tests.Succession;

/// <summary>Copies of descriptors, made as they are between two processes: sent with SCM_RIGHTS.</summary>
internal static class Descriptors
{
    public static SafeFileHandle Copy(SafeHandle descriptor)
    {
        (PacketSocket first, PacketSocket second) = PacketSocket.Pair();
        using (first)
        using (second)
        {
            Assert.Equal(0, first.TrySend([1], [descriptor]));
            var received = new List<SafeFileHandle>();
            second.Receive(new byte[1], received);
            return Assert.Single(received);
        }
    }
}
