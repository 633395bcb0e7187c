using System.Net;
using System.Net.Sockets;
using PvExec.Bench.Bus.Peers;

namespace PvExec.Bench.Bus;

/// <summary>There and back, in interleaved rounds; medians, and their ratio to ours.</summary>
internal static class RoundTrips
{
    private const string Ours = "bus over a Unix socket";

    /// <summary>What ours is to be no slower than.</summary>
    private const string Tcp = "NetMQ over TCP";

    public static void Run(string directory, Plan plan, Report report)
    {
        IEchoPair[] pairs =
        [
            new NetMQPair(Ours, Path.Combine(directory, "bus")),
            new NetMQPair(Tcp, $"tcp://127.0.0.1:{FreePort()}"),
            new LibzmqPair(directory),
            new BarePair(Path.Combine(directory, "bare")),
        ];
        var samples = new Dictionary<(string Name, int Outstanding), List<Sample>>();

        // Whoever comes first pays for what all compile and open: a turn that does not count.
        foreach (IEchoPair pair in pairs)
        {
            pair.Run(Plan.Outstanding[^1], plan.Messages);
        }

        for (int round = 0; round < plan.Rounds; round++)
        {
            foreach (int outstanding in Plan.Outstanding)
            {
                foreach (IEchoPair pair in pairs)
                {
                    samples.TryAdd((pair.Name, outstanding), []);
                    samples[(pair.Name, outstanding)].Add(pair.Run(outstanding, plan.Messages));
                }
            }
        }

        foreach (int outstanding in Plan.Outstanding)
        {
            Sample ours = Sample.Median(samples[(Ours, outstanding)]);
            foreach (string other in pairs.Select(pair => pair.Name).Where(name => name != Ours))
            {
                Sample theirs = Sample.Median(samples[(other, outstanding)]);
                bool isTarget = other == Tcp;
                report.Compare($"round trip p50, {outstanding} outstanding", ours.P50, other, theirs.P50, "us", isTarget ? "≤ 1" : "-");
                report.Compare($"round trip p99, {outstanding} outstanding", ours.P99, other, theirs.P99, "us", isTarget ? "≤ 1" : "-");
                report.Compare($"messages a second, {outstanding} outstanding", ours.PerSecond, other, theirs.PerSecond, "messages/s", isTarget ? "≥ 1" : "-");
            }
        }

        foreach (IEchoPair pair in pairs)
        {
            pair.Dispose();
        }
    }

    private static int FreePort()
    {
        using var probe = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        probe.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        return ((IPEndPoint)probe.LocalEndPoint!).Port;
    }
}
