namespace PvExec.Init.Core;

/// <summary>How the time of a stop is shared out. Times are milliseconds of one clock.</summary>
/// <param name="Total">For all of it; what one step does not use is left to the save.</param>
internal sealed record StopPlan(long Total)
{
    private long Work => Total * 2 / 5;

    private long Sweep => Math.Min(500, Total / 20);

    /// <summary>Whoever could still answer has ended: what is left are callers that do not take their answers.</summary>
    private long Drain => Math.Min(1000, Total / 10);

    /// <summary>Kept back from the save, so that the end is in time even when the save is not.</summary>
    private long Leftovers => Math.Min(500, Total / 20);

    /// <summary>When the step is to be over at the latest.</summary>
    /// <param name="stopBegan">When the whole stop began.</param>
    /// <param name="stepBegan">When this step began.</param>
    /// <param name="hurried">A second signal came: only the save still gets time.</param>
    public long Deadline(StopStep step, long stopBegan, long stepBegan, bool hurried)
    {
        long end = stopBegan + Total;
        return step switch
        {
            StopStep.NotStopping => long.MaxValue,
            StopStep.Front => stepBegan,
            StopStep.Work => hurried ? stepBegan : stepBegan + Work,
            StopStep.Sweep => Math.Min(stepBegan + Sweep, end - Leftovers),
            StopStep.Save => end - Leftovers,
            StopStep.Drain => hurried ? stepBegan : Math.Clamp(end - Leftovers, stepBegan, stepBegan + Drain),
            StopStep.Leftovers => Math.Max(end, stepBegan + Leftovers),
            StopStep.Done => stepBegan,
            _ => throw new ArgumentOutOfRangeException(nameof(step), step, null),
        };
    }

    public static StopStep After(StopStep step) => step == StopStep.Done ? StopStep.Done : step + 1;
}
