using System.Globalization;
using System.Net;
using System.Runtime.InteropServices;

namespace PvExec.Linux.Ports;

/// <summary>The listening TCP sockets as text: <c>/proc/net/tcp</c> and <c>/proc/net/tcp6</c> (proc_net(5)). Slower than <see cref="SockDiag"/>, allowed everywhere.</summary>
public static class ProcNetTcp
{
    private const string Listen = "0A";

    /// <summary>Adds every listening TCP socket, IPv4 and IPv6.</summary>
    /// <exception cref="IOException">/proc is not mounted.</exception>
    public static void List(List<ListeningEndpoint> into)
    {
        Parse(File.ReadLines("/proc/net/tcp"), into);
        if (File.Exists("/proc/net/tcp6"))
        {
            Parse(File.ReadLines("/proc/net/tcp6"), into);
        }
    }

    /// <summary>Reads the lines of either file.</summary>
    public static void Parse(IEnumerable<string> lines, List<ListeningEndpoint> into)
    {
        foreach (string line in lines)
        {
            // sl local_address rem_address st tx:rx tr:when retrnsmt uid timeout inode ...
            string[] fields = line.Split(' ', StringSplitOptions.RemoveEmptyEntries);
            if (fields.Length > 9 && fields[3] == Listen
                && fields[1].Split(':') is [{ Length: 8 or 32 } address, { } port]
                && ulong.TryParse(fields[9], CultureInfo.InvariantCulture, out ulong inode))
            {
                into.Add(new ListeningEndpoint(Address(address), int.Parse(port, NumberStyles.HexNumber, CultureInfo.InvariantCulture), inode));
            }
        }
    }

    // The kernel prints each 32-bit word of the address, which is in network order, as a number of the machine.
    private static IPAddress Address(string hex)
    {
        Span<byte> bytes = stackalloc byte[hex.Length / 2];
        for (int word = 0; word < bytes.Length; word += 4)
        {
            uint value = uint.Parse(hex.AsSpan(word * 2, 8), NumberStyles.HexNumber, CultureInfo.InvariantCulture);
            MemoryMarshal.Write(bytes[word..], value);
        }

        return new IPAddress(bytes);
    }
}
