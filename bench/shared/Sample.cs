namespace PvExec.Bench;

/// <summary>What several runs measured, in one unit.</summary>
public sealed class Sample
{
    private readonly List<double> _values = [];

    public int Count => _values.Count;

    /// <summary>The middle one; of an even number the mean of the middle two.</summary>
    public double Median
    {
        get
        {
            double[] sorted = Sorted();
            return (sorted[(sorted.Length - 1) / 2] + sorted[sorted.Length / 2]) / 2;
        }
    }

    public double Largest => _values.Max();

    public void Add(double value) => _values.Add(value);

    /// <summary>The smallest value that so many of the values do not exceed (nearest rank).</summary>
    /// <param name="share">Above 0, at most 1: 0.99 for the 99th percentile.</param>
    public double Percentile(double share)
    {
        double[] sorted = Sorted();
        return sorted[Math.Max(0, (int)Math.Ceiling(share * sorted.Length) - 1)];
    }

    private double[] Sorted()
    {
        if (_values.Count == 0)
        {
            throw new InvalidOperationException("nothing was measured");
        }

        return [.. _values.Order()];
    }
}
