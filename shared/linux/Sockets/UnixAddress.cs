using System.Text;

namespace PvExec.Linux.Sockets;

/// <summary>A <c>sockaddr_un</c> (unix(7)).</summary>
internal static class UnixAddress
{
    public const int Size = 110;

    /// <summary>Writes the address of a socket file, or of an abstract socket when the path starts with '@'.</summary>
    /// <returns>The address's length.</returns>
    /// <exception cref="PathTooLongException">The path has more than 107 bytes.</exception>
    public static uint Write(string path, Span<byte> address)
    {
        address.Clear();
        address[0] = SocketCalls.AF_UNIX;
        if (Encoding.UTF8.GetByteCount(path) > Size - 3)
        {
            throw new PathTooLongException($"the socket path '{path}' has more than {Size - 3} bytes");
        }

        int length = Encoding.UTF8.GetBytes(path, address[2..]);
        if (path.StartsWith('@'))
        {
            address[2] = 0;
            return (uint)(2 + length);
        }

        return (uint)(2 + length + 1);
    }
}
