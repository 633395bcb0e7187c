namespace PvExec.Exec.Tests.Model;

/// <summary>
/// The one rule of the locks, slowly: whoever asks gets all it asks for when nobody older who is still there is in conflict
/// with it, and when it and all older ones of its task find their limits kept. Who holds, holds.
/// </summary>
internal sealed class ModelQueue
{
    /// <summary>In the order of their requests.</summary>
    public List<ModelClaim> Claims { get; } = [];

    public IEnumerable<ModelRun> Running => Claims.OfType<ModelRun>().Where(run => run.IsHeld);

    public IEnumerable<ModelRun> Waiting => Claims.OfType<ModelRun>().Where(run => !run.IsHeld);

    public IEnumerable<ModelLease> Leases => Claims.OfType<ModelLease>();

    /// <summary>Those that have to get their locks now.</summary>
    public List<ModelClaim> Due() => [.. Claims.Where((claim, place) => !claim.IsHeld && HasSlot(claim, place) && !Claims.Take(place).Any(claim.ConflictsWith))];

    /// <summary>A new instance: it takes up who holds, then asks again for who waits, in order.</summary>
    public void PutHoldersFirst()
    {
        ModelClaim[] all = [.. Claims.OrderBy(claim => !claim.IsHeld ? 2 : claim is ModelLease ? 1 : 0)];
        Claims.Clear();
        Claims.AddRange(all);
        foreach (ModelRun run in Waiting)
        {
            run.Most = run.Task!.Most;
        }
    }

    private bool HasSlot(ModelClaim claim, int place)
    {
        int older = 0;
        foreach (ModelClaim one in Claims.Take(place + 1).Where(one => one.Task is not null && one.Task == claim.Task && one.Most != int.MaxValue))
        {
            if (!one.IsHeld && older >= one.Most)
            {
                return false;
            }

            older++;
        }

        return true;
    }
}
