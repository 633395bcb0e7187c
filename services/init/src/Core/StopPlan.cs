namespace PvExec.Init.Core;

/// <summary>How the time of a stop is shared out. Times are milliseconds of one clock.</summary>
/// <param name="Total">For all of it; what one step does not use is left to the save.</param>
internal sealed record StopPlan(long Total)
{
    /// <summary>Front closes its connections at once; calls under way get a moment.</summary>
    private long Front => Math.Min(1000, Total / 10);

    private long Work => Total * 2 / 5;

    private long Sweep => Math.Min(500, Total / 20);

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
            StopStep.Front => hurried ? stepBegan : stepBegan + Front,
            StopStep.Work => hurried ? stepBegan : stepBegan + Work,
            StopStep.Sweep => Math.Min(stepBegan + Sweep, end - Leftovers),
            StopStep.Save => end - Leftovers,
            StopStep.Leftovers => Math.Max(end, stepBegan + Leftovers),
            StopStep.Done => stepBegan,
            _ => throw new ArgumentOutOfRangeException(nameof(step), step, null),
        };
    }

    public static StopStep After(StopStep step) => step == StopStep.Done ? StopStep.Done : step + 1;
}
