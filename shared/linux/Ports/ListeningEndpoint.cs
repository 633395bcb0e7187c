using System.Net;

namespace PvExec.Linux.Ports;

/// <summary>A TCP socket in state LISTEN, as the kernel's tables tell of it.</summary>
/// <param name="Address">Where it is bound; <c>0.0.0.0</c> or <c>::</c> for every interface.</param>
/// <param name="Port">1 to 65535.</param>
/// <param name="Inode">The socket's inode number, as in the links of <c>/proc/PID/fd</c>.</param>
public sealed record ListeningEndpoint(IPAddress Address, int Port, ulong Inode);
