using System.Globalization;
using System.Net.Sockets;
using PvExec.Kernel;

namespace PvExec.Bench;

/// <summary>
/// Orders to the program that stands in for a service of pv-init (bench/stand-in), since pv-init starts processes for its
/// own services only.
/// </summary>
public sealed class StandIn : IDisposable
{
    private readonly Socket _socket = new(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
    private readonly StreamReader _answers;

    public StandIn(RootProcess root, Service service)
    {
        _socket.Connect(new UnixDomainSocketEndPoint(root.Paths.Grpc(service)));
        _answers = new StreamReader(new NetworkStream(_socket));
    }

    /// <summary>The program stands in for each service.</summary>
    public static ProgramSet Programs(BenchOptions options) =>
        ProgramSet.With(options, _ => Environment.GetEnvironmentVariable("PV_BENCH_STAND_IN")
            ?? throw new ArgumentException("PV_BENCH_STAND_IN is not set: start this through bench/run.sh"));

    /// <summary>Has a program started so often and waits until all have ended well.</summary>
    /// <param name="together">How many at the same time.</param>
    /// <returns>Microseconds from the first start to the last exit, as the service sees it.</returns>
    public Task<double> SpawnAsync(int count, int together, params string[] program) => SpawnAsync("spawn", count, together, program);

    /// <summary>As <see cref="SpawnAsync(int, int, string[])"/>, in the cgroup of pv-init.</summary>
    public Task<double> SpawnWithoutCgroupAsync(int count, int together, params string[] program) => SpawnAsync("spawn-without-cgroup", count, together, program);

    /// <summary>Has a program started that ends with the root process, and waits until it runs.</summary>
    public Task StartAsync(params string[] program) => OrderAsync(["start", "1", "1", .. program]);

    /// <summary>Has so many programs exit with codes of their own, and counts those whose code came back.</summary>
    public async Task<int> ExitCodesAsync(int count, int together) => (int)(await OrderAsync(["exit-codes", $"{count}", $"{together}"]))[1];

    public void Dispose()
    {
        _answers.Dispose();
        _socket.Dispose();
    }

    private async Task<double> SpawnAsync(string order, int count, int together, string[] program)
    {
        double[] answer = await OrderAsync([order, $"{count}", $"{together}", .. program]);
        return answer[1] == count ? answer[0] : throw new InvalidOperationException($"{count - answer[1]} of {count} '{program[0]}' did not exit with 0");
    }

    private async Task<double[]> OrderAsync(string[] words)
    {
        await _socket.SendAsync(System.Text.Encoding.UTF8.GetBytes(string.Join('\t', words) + "\n"));
        string answer = await _answers.ReadLineAsync() ?? throw new EndOfStreamException($"the stand-in ended while it carried out '{words[0]}'");
        return [.. answer.Split(' ').Select(word => double.Parse(word, CultureInfo.InvariantCulture))];
    }
}
