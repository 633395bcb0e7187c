using PvExec.Exec.Core.Tasks;
using PvExec.Kernel;

namespace PvExec.Exec.Engine;

/// <summary>Bounds the runs whose processes run. One that has waited for its locks is never turned away: those are bounded too.</summary>
internal sealed class RunningRoom(int maxRuns)
{
    private int _runs;

    /// <returns>Null, or why there is no room.</returns>
    public Fault? Enter(TaskDefinition task)
    {
        if (Interlocked.Increment(ref _runs) <= maxRuns)
        {
            return null;
        }

        Leave();
        return new Fault(FaultKind.ResourceExhausted, $"task '{task.Name}' is not started: {maxRuns} runs are under way, which is the most there may be: try again when some have ended");
    }

    public void EnterAnyway() => Interlocked.Increment(ref _runs);

    public void Leave() => Interlocked.Decrement(ref _runs);
}
