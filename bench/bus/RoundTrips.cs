using System.Net;
using System.Net.Sockets;
using PvExec.Bench.Bus.Peers;

namespace PvExec.Bench.Bus;

/// <summary>There and back, in interleaved rounds; medians, and their ratio to ours.</summary>
internal static class RoundTrips
{
    private const string Ours = "bus over a Unix socket";

    public static void Run(string directory, Plan plan, Report report)
    {
        IEchoPair[] pairs =
        [
            new NetMQPair(Ours, Path.Combine(directory, "bus")),
            new NetMQPair("NetMQ over TCP", $"tcp://127.0.0.1:{FreePort()}"),
            new LibzmqPair(directory),
            new BarePair(Path.Combine(directory, "bare")),
        ];
        var samples = new Dictionary<(string Name, int Outstanding), List<Sample>>();
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
            foreach (IEchoPair pair in pairs)
            {
                Sample its = Sample.Median(samples[(pair.Name, outstanding)]);
                string what = $"{pair.Name}, {outstanding} outstanding";
                string? beside = pair.Name == Ours ? null : Ours;
                report.Add($"round trip p50, {what}", its.P50, "us", its.P50 / ours.P50, beside);
                report.Add($"round trip p99, {what}", its.P99, "us", its.P99 / ours.P99, beside);
                report.Add($"messages, {what}", its.PerSecond, "messages/s", its.PerSecond / ours.PerSecond, beside);
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
