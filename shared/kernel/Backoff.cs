namespace PvExec.Kernel;

/// <summary>Waiting times between attempts: doubled each time up to a ceiling.</summary>
/// <param name="First">Before the second attempt.</param>
/// <param name="Ceiling">The longest wait.</param>
public sealed record Backoff(TimeSpan First, TimeSpan Ceiling)
{
    /// <summary>How long to wait after <paramref name="failures"/> failures in a row (1 or more).</summary>
    public TimeSpan After(int failures)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(failures, 1);
        double factor = Math.Pow(2, Math.Min(failures - 1, 30));
        // Compared as a ratio: the product may be more than a TimeSpan holds.
        return factor < Ceiling / First ? First * factor : Ceiling;
    }
}
