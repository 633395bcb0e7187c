using System.Diagnostics;
using System.Globalization;
using System.Net.Sockets;
using PvExec.Hosting.Init;

namespace PvExec.Bench.StandIn;

/// <summary>
/// Orders of a benchmark: a line of words with tabs between them, answered by the microseconds it took and the number of
/// processes that ended as they should.
/// </summary>
internal sealed class Orders(IInit init)
{
    private static readonly string[] Environment = ["PATH=/usr/bin:/bin"];

    /// <summary>Carries out what comes over one connection, in order, until it is closed.</summary>
    public async Task ServeAsync(Socket socket)
    {
        using var stream = new NetworkStream(socket, ownsSocket: true);
        using var reader = new StreamReader(stream);
        using var writer = new StreamWriter(stream) { AutoFlush = true };
        while (await reader.ReadLineAsync() is { } line)
        {
            string[] words = line.Split('\t');
            int count = int.Parse(words[1], CultureInfo.InvariantCulture), together = int.Parse(words[2], CultureInfo.InvariantCulture);
            (double microseconds, int well) = words[0] switch
            {
                "spawn" => await SpawnAsync(count, together, _ => (words[3..], 0)),
                "spawn-without-cgroup" => await SpawnAsync(count, together, _ => (words[3..], 0), ownCgroup: false),
                "start" => await StartAsync(words[3..]),
                "exit-codes" => await SpawnAsync(count, together, index => (["sh", "-c", $"exit {index % 256}"], index % 256)),
                _ => throw new InvalidOperationException($"no order '{words[0]}'"),
            };
            await writer.WriteLineAsync(string.Create(CultureInfo.InvariantCulture, $"{microseconds:0} {well}"));
        }
    }

    private async Task<(double Microseconds, int Well)> SpawnAsync(int count, int together, Func<int, (string[] Words, int Code)> program, bool ownCgroup = true)
    {
        int next = -1, well = 0;
        long began = Stopwatch.GetTimestamp();
        await Task.WhenAll(Enumerable.Range(0, together).Select(async _ =>
        {
            for (int index; (index = Interlocked.Increment(ref next)) < count;)
            {
                (string[] words, int code) = program(index);
                if (await RunAsync(Spec(index, words) with { OwnCgroup = ownCgroup }) == code)
                {
                    Interlocked.Increment(ref well);
                }
            }
        }));
        return (Stopwatch.GetElapsedTime(began).TotalMicroseconds, well);
    }

    /// <summary>Starts it and leaves it alone.</summary>
    private async Task<(double Microseconds, int Well)> StartAsync(string[] words)
    {
        _ = (await init.SpawnAsync(Spec(0, words), CancellationToken.None)).Value;
        return (0, 1);
    }

    /// <returns>The exit code; null when a signal ended it.</returns>
    private async Task<int?> RunAsync(SpawnSpec spec)
    {
        Child child = (await init.SpawnAsync(spec, CancellationToken.None)).Value;
        ChildExit exit = await child.Exited;
        await init.AcknowledgeAsync(child, CancellationToken.None);
        return exit.Status.Code;
    }

    private static SpawnSpec Spec(int index, string[] words) => new()
    {
        Label = $"{words[0]} {index}",
        Arguments = words,
        Environment = Environment,
        WorkingDirectory = "/",
    };
}
