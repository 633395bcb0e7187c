using PvExec.Hosting;

namespace PvExec.Exec;

/// <summary>The service's limits.</summary>
public sealed record ExecOptions
{
    /// <summary>How many runs may wait for locks at a time; further ones that would have to are refused.</summary>
    public int MaxWaitingRuns { get; init; } = 10_000;

    /// <summary>How many bytes of standard input the waiting runs may hold together.</summary>
    public long MaxWaitingInputBytes { get; init; } = 256L * 1024 * 1024;

    /// <summary>
    /// How long after the end of a run's processes their descendants may still write to its result. A script's
    /// <c>exec &gt; &gt;(tee file)</c> needs this; a server started in the background must not hold the answer.
    /// </summary>
    public TimeSpan OutputGrace { get; init; } = TimeSpan.FromMilliseconds(250);

    /// <summary>The share of a stop's time in which running tasks may end by themselves.</summary>
    public double StopWaitShare { get; init; } = 0.6;

    /// <summary>The share that is over when those asked to end are killed.</summary>
    public double StopKillShare { get; init; } = 0.85;

    /// <summary>The largest result: what the contract's message holds beside its other field.</summary>
    public static int MaxResultBytes => Daemon.MaxMessageBytes - 64;
}
