using System.Diagnostics;
using PvExec.Exec.Core.Scopes;

namespace PvExec.Bench.Locks;

/// <summary>One thing the locks do over and over while others wait.</summary>
/// <param name="What">What is counted.</param>
/// <param name="Waiting">What the others do.</param>
/// <param name="Prepare">Makes so many tickets wait and gives the operation that is measured.</param>
internal sealed record Scenario(string What, string Waiting, Func<ScopeLocks, int, Action> Prepare)
{
    /// <returns>Operations a second.</returns>
    public double Measure(int waiters, int operations)
    {
        var locks = new ScopeLocks(TimeProvider.System);
        Action operation = Prepare(locks, waiters);
        if (locks.Waiting != waiters)
        {
            throw new InvalidOperationException($"{locks.Waiting} tickets wait, not {waiters}");
        }

        GC.Collect();
        long start = Stopwatch.GetTimestamp();
        for (int i = 0; i < operations; i++)
        {
            operation();
        }

        double seconds = Stopwatch.GetElapsedTime(start).TotalSeconds;
        return locks.Waiting == waiters
            ? operations / seconds
            : throw new InvalidOperationException($"{locks.Waiting} tickets wait at the end, not {waiters}");
    }
}
