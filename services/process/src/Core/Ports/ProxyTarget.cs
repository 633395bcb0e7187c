using System.Collections.Immutable;
using System.Net;
using PvExec.Linux.Ports;

namespace PvExec.Processes.Core.Ports;

/// <summary>Where the proxy connects to.</summary>
/// <param name="Endpoints">In the order in which they are tried.</param>
public sealed record ProxyTarget(ImmutableArray<IPEndPoint> Endpoints)
{
    /// <summary>
    /// The target for an exposed port, or null when nothing is to be proxied: no port is exposed, the process listens on
    /// none, or it listens on the exposed port itself.
    /// </summary>
    public static ProxyTarget? For(int listeningPort, PortSet ports)
    {
        int port = ports.Port;
        if (listeningPort == 0 || port == 0 || ports.Has(listeningPort))
        {
            return null;
        }

        return new ProxyTarget([.. ports.Listeners.Where(listener => listener.Port == port).SelectMany(Addresses).Distinct().Select(address => new IPEndPoint(address, port))]);
    }

    public bool Same(ProxyTarget? other) => other is not null && Endpoints.SequenceEqual(other.Endpoints);

    // A socket on [::] takes IPv4 as well unless it was told not to; where the loopback has no ::1 (containers without
    // IPv6) it is reached over 127.0.0.1 alone.
    private static IPAddress[] Addresses(ListeningEndpoint listener) =>
        listener.Address.Equals(IPAddress.Any) ? [IPAddress.Loopback]
        : listener.Address.Equals(IPAddress.IPv6Any) ? [IPAddress.IPv6Loopback, IPAddress.Loopback]
        : listener.Address.IsIPv4MappedToIPv6 ? [listener.Address.MapToIPv4()]
        : [listener.Address];
}
