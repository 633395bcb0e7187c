using PvExec.Processes.Core.Lifecycle;

namespace PvExec.Processes.Core.Ports;

/// <summary>How often the kernel is asked whether a process listens: often while that is about to change, seldom afterwards.</summary>
public static class PollPace
{
    /// <summary>The slowest pace: how late a port that vanishes or changes is noticed.</summary>
    public static readonly TimeSpan Slowest = TimeSpan.FromMilliseconds(500);

    /// <param name="phase">What the process is in.</param>
    /// <param name="age">How long it has been in it.</param>
    /// <returns>The time until the next question; null when none is needed.</returns>
    public static TimeSpan? Next(ProcessPhase phase, TimeSpan age) => phase switch
    {
        ProcessPhase.Starting when age < TimeSpan.FromSeconds(3) => TimeSpan.FromMilliseconds(5),
        ProcessPhase.Starting when age < TimeSpan.FromSeconds(15) => TimeSpan.FromMilliseconds(20),
        ProcessPhase.Starting when age < TimeSpan.FromMinutes(1) => TimeSpan.FromMilliseconds(100),
        ProcessPhase.Starting or ProcessPhase.Running => Slowest,
        ProcessPhase.NotRunning or ProcessPhase.Stopping or ProcessPhase.Finished => null,
        _ => throw new ArgumentOutOfRangeException(nameof(phase), phase, null),
    };
}
