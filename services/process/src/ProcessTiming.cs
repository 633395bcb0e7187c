namespace PvExec.Processes;

/// <summary>How long things may take.</summary>
public sealed record ProcessTiming
{
    /// <summary>Between SIGTERM and SIGKILL.</summary>
    public TimeSpan Grace { get; init; } = TimeSpan.FromSeconds(5);

    /// <summary>How long after SIGKILL a tree may still be there (uninterruptible I/O) before the call gives up.</summary>
    public TimeSpan KillWait { get; init; } = TimeSpan.FromSeconds(5);

    /// <summary>How long a connection to the exposed port waits for a process that has no port now, and how long the port stays open for it.</summary>
    public TimeSpan Hold { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>The share of the time left at a system stop after which trees are killed.</summary>
    public double StopShare { get; init; } = 0.7;
}
