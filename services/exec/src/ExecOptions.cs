using PvExec.Hosting;
using PvExec.Kernel.Configuration;

namespace PvExec.Exec;

/// <summary>The service's limits.</summary>
public sealed record ExecOptions
{
    /// <summary>How many runs may wait for locks at a time; further ones that would have to are refused.</summary>
    public int MaxWaitingRuns { get; init; } = 10_000;

    /// <summary>How many bytes of standard input the waiting runs may hold together.</summary>
    public long MaxWaitingInputBytes { get; init; } = 256L * 1024 * 1024;

    /// <summary>How many runs may have processes at a time; further ones that could start are refused.</summary>
    public int MaxRunningRuns { get; init; } = 4_096;

    /// <summary>How much of the beginning of each output stream of a run is kept. A call that waits for the result has <see cref="MaxResultBytes"/>.</summary>
    public long OutputHeadBytes { get; init; } = 1024 * 1024;

    /// <summary>How much of the end of each output stream of a run is kept.</summary>
    public long OutputTailBytes { get; init; } = 1024 * 1024;

    /// <summary>How many runs that have ended can still be asked for. pv-init remembers as many, so they outlive this service.</summary>
    public int MaxEndedRuns { get; init; } = 256;

    /// <summary>How many bytes of output these may keep together.</summary>
    public long MaxEndedOutputBytes { get; init; } = 64L * 1024 * 1024;

    /// <summary>How many bytes of output these may keep together on disk, where a caller wanted that.</summary>
    public long MaxEndedDiskBytes { get; init; } = 8L << 30;

    /// <summary>How many streams of HoldScopes may be open at a time, those that wait included; further ones are refused.</summary>
    public int MaxHolds { get; init; } = 1_000;

    /// <summary>How long a new instance of the service keeps a hold whose stream does not come to it from the one before.</summary>
    public TimeSpan HoldReturnTime { get; init; } = TimeSpan.FromSeconds(5);

    /// <summary>How long a new instance of the service counts callers of a run that do not come to it from the one before.</summary>
    public TimeSpan CallerReturnTime { get; init; } = TimeSpan.FromSeconds(5);

    /// <summary>How long a run that waited when the service was killed waits on without a caller that comes back, if it was to be withdrawn without one.</summary>
    public TimeSpan LostCallerTime { get; init; } = TimeSpan.FromSeconds(60);

    /// <summary>How long a run waits for a caller that does not read what it wants every byte of.</summary>
    public TimeSpan ReaderPatience { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>How often a stream of HoldScopes that waits looks whether it waits for others than it has told.</summary>
    public TimeSpan HoldLookAgain { get; init; } = TimeSpan.FromSeconds(1);

    /// <summary>
    /// How long after the end of a run's processes their descendants may still write to its result. A script's
    /// <c>exec &gt; &gt;(tee file)</c> needs this; a server started in the background must not hold the answer.
    /// </summary>
    public TimeSpan OutputGrace { get; init; } = TimeSpan.FromMilliseconds(250);

    /// <summary>How long a cancellation waits for a run's end once its processes have been killed.</summary>
    public TimeSpan KillPatience { get; init; } = TimeSpan.FromSeconds(5);

    /// <summary>The share of a stop's time in which running tasks may end by themselves.</summary>
    public double StopWaitShare { get; init; } = 0.6;

    /// <summary>The share that is over when those asked to end are killed.</summary>
    public double StopKillShare { get; init; } = 0.85;

    /// <summary>Where output is kept that a caller wants on disk.</summary>
    public string OutputDirectory { get; init; } = "/var/tmp";

    /// <summary>The limits that the daemon's flags name, and the others as they are.</summary>
    public static ExecOptions Of(DaemonOptions options) => new()
    {
        OutputHeadBytes = options.OutputHead,
        OutputTailBytes = options.OutputTail,
        OutputDirectory = options.OutputDir,
    };

    /// <summary>The largest result: what the contract's message holds beside its other field.</summary>
    public static int MaxResultBytes => Daemon.MaxMessageBytes - 64;
}
