namespace PvExec.Bench.Exec;

/// <summary>What rounds of calls measured: medians over the rounds are taken of each.</summary>
internal sealed class Figures
{
    /// <summary>Microseconds.</summary>
    public Sample Median { get; } = new();

    /// <summary>Microseconds; of a hundred calls one takes longer.</summary>
    public Sample Slow { get; } = new();

    /// <summary>Calls a second.</summary>
    public Sample Rate { get; } = new();

    public void Add(double median, double slow, double rate)
    {
        Median.Add(median);
        Slow.Add(slow);
        Rate.Add(rate);
    }
}
