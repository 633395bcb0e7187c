namespace PvExec.Bench;

/// <summary>How a benchmark was called.</summary>
/// <param name="Quick">Shows that it works, in seconds; its figures mean little.</param>
/// <param name="Programs">The directory of the published programs (PV_BIN).</param>
/// <param name="Arguments">What the benchmark's own script passes.</param>
public sealed record BenchOptions(bool Quick, string Programs, IReadOnlyList<string> Arguments)
{
    private const string QuickFlag = "--quick";

    /// <exception cref="ArgumentException">PV_BIN is not set: bench.sh sets it.</exception>
    public static BenchOptions Parse(string[] args) => new(
        args.Contains(QuickFlag),
        Environment.GetEnvironmentVariable("PV_BIN") ?? throw new ArgumentException("PV_BIN is not set: start this through bench/run.sh"),
        [.. args.Where(word => word != QuickFlag)]);

    /// <summary>A number of runs or of things to do.</summary>
    public int Size(int full, int quick) => Quick ? quick : full;
}
