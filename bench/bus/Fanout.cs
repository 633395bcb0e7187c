using System.Globalization;
using System.Diagnostics;
using System.Net.Sockets;
using Microsoft.Extensions.Logging.Abstractions;
using PvExec.Bus;
using PvExec.Bus.Events;
using PvExec.Bus.Transport;
using PvExec.Proto.Bus.Exec;

namespace PvExec.Bench.Bus;

/// <summary>Events to eight subscribers, one of which never reads.</summary>
internal static class Fanout
{
    private const int Reading = 7;

    /// <summary>Less than a subscriber's queue: what is lost is the stalled one's doing.</summary>
    private const int Burst = 500;

    public static async Task RunAsync(string path, int events, Report report)
    {
        await using var publisher = new BusPublisher("bench", BusLimits.Default, UnixTransportOptions.Default, NullLogger<BusPublisher>.Instance);
        publisher.Start(path);
        using Socket stalled = Stall(path);
        BusSubscriber[] subscribers =
        [
            .. Enumerable.Range(0, Reading).Select(_ =>
                new BusSubscriber("bench", path, BusLimits.Default, UnixTransportOptions.Default, NullLogger<BusSubscriber>.Instance)),
        ];
        EventStream<TaskStarted>[] streams = [.. subscribers.Select(subscriber => subscriber.Subscribe<TaskStarted>(2 * Burst))];
        await Task.WhenAll(streams.Select(stream => HeardAsync(publisher, stream)));
        publisher.Publish(new TaskStarted("begin", "0"));
        await Task.WhenAll(streams.Select(SkipAsync));
        long begun = Stopwatch.GetTimestamp();
        long lost = 0;
        for (int published = 0; published < events; published += Burst)
        {
            for (int i = 0; i < Burst; i++)
            {
                publisher.Publish(new TaskStarted("common/file_read", (published + i).ToString(CultureInfo.InvariantCulture)));
            }

            lost += (await Task.WhenAll(streams.Select(ReadBurstAsync))).Sum();
        }

        double seconds = Stopwatch.GetElapsedTime(begun).TotalSeconds;
        report.Add("publish to 8 subscribers with one stalled, lost by the other seven", lost, "events", "0");
        report.Add("publish to 8 subscribers with one stalled, delivered", events * Reading / seconds, "events/s");
        await Task.WhenAll(subscribers.Select(subscriber => subscriber.DisposeAsync().AsTask()));
    }

    // A subscriber of our own making: greeting, READY, a subscription to everything, and then it never reads.
    private static Socket Stall(string path)
    {
        var socket = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        socket.Connect(new UnixDomainSocketEndPoint(path));
        socket.Send([0xFF, 0, 0, 0, 0, 0, 0, 0, 1, 0x7F, 3, 0, .. "NULL"u8, .. new byte[48]]);
        socket.Send([4, 25, 5, .. "READY"u8, 11, .. "Socket-Type"u8, 0, 0, 0, 3, .. "SUB"u8]);
        socket.Send([0, 1, 1]);
        return socket;
    }

    private static async Task HeardAsync(BusPublisher publisher, EventStream<TaskStarted> stream)
    {
        Task<BusEvent<TaskStarted>> first = stream.ReadAsync(CancellationToken.None).AsTask();
        while (!first.IsCompleted)
        {
            publisher.Publish(new TaskStarted("probe", "0"));
            await Task.WhenAny(first, Task.Delay(10));
        }
    }

    private static async Task SkipAsync(EventStream<TaskStarted> stream)
    {
        while ((await stream.ReadAsync(CancellationToken.None)).Message.TaskName != "begin")
        {
            continue;
        }
    }

    private static async Task<long> ReadBurstAsync(EventStream<TaskStarted> stream)
    {
        long lost = 0;
        for (int read = 0; read < Burst; read++)
        {
            long dropped = (await stream.ReadAsync(CancellationToken.None)).Dropped;
            lost += dropped;
            read += (int)dropped;
        }

        return lost;
    }
}
