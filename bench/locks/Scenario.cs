using System.Diagnostics;
using PvExec.Exec.Core.Scopes;

namespace PvExec.Bench.Locks;

/// <summary>One thing the locks do over and over while others wait.</summary>
/// <param name="What">What is counted.</param>
/// <param name="Waiting">What the others do.</param>
/// <param name="Prepare">Makes so many tickets wait and gives the operation that is measured.</param>
internal sealed record Scenario(string What, string Waiting, Func<ScopeLocks, int, Action> Prepare)
{
    /// <summary>
    /// Measured when as many operations have been done before: a collection in which many waiters have survived makes the collector take fresh memory for what is
    /// made next, and each page of that costs a fault the first time.
    /// </summary>
    /// <returns>Seconds for an operation, with and without the collector's pauses.</returns>
    public (double All, double WithoutPauses) Measure(int waiters, int operations)
    {
        var locks = new ScopeLocks(TimeProvider.System);
        Action operation = Prepare(locks, waiters);
        if (locks.Waiting != waiters)
        {
            throw new InvalidOperationException($"{locks.Waiting} tickets wait, not {waiters}");
        }

        for (int i = 0; i < operations; i++)
        {
            operation();
        }

        GC.Collect();
        TimeSpan before = GC.GetTotalPauseDuration();
        long start = Stopwatch.GetTimestamp();
        for (int i = 0; i < operations; i++)
        {
            operation();
        }

        double seconds = Stopwatch.GetElapsedTime(start).TotalSeconds;
        double pauses = (GC.GetTotalPauseDuration() - before).TotalSeconds;
        return locks.Waiting == waiters
            ? (seconds / operations, (seconds - pauses) / operations)
            : throw new InvalidOperationException($"{locks.Waiting} tickets wait at the end, not {waiters}");
    }
}
