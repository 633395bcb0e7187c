using System.Globalization;

namespace PvExec.Bench.Bus;

/// <summary>One run: round trips in microseconds, and messages a second.</summary>
internal readonly record struct Sample(double P50, double P99, double PerSecond)
{
    /// <param name="microseconds">One for each message, in any order.</param>
    public static Sample Of(double[] microseconds, TimeSpan took)
    {
        Array.Sort(microseconds);
        return new Sample(
            microseconds[microseconds.Length / 2],
            microseconds[(int)(microseconds.Length * 0.99)],
            microseconds.Length / took.TotalSeconds);
    }

    /// <summary>Three numbers, as the libzmq peers print them.</summary>
    public static Sample Parse(string line)
    {
        double[] numbers = [.. line.Split(' ').Select(part => double.Parse(part, CultureInfo.InvariantCulture))];
        return new Sample(numbers[0], numbers[1], numbers[2]);
    }

    public static Sample Median(IReadOnlyCollection<Sample> samples) => new(
        Median(samples.Select(sample => sample.P50)),
        Median(samples.Select(sample => sample.P99)),
        Median(samples.Select(sample => sample.PerSecond)));

    private static double Median(IEnumerable<double> values)
    {
        double[] sorted = [.. values.Order()];
        return sorted[sorted.Length / 2];
    }
}
