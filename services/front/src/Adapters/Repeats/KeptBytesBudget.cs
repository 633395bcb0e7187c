namespace PvExec.Front.Adapters.Repeats;

/// <summary>How much of all calls together is kept. Beyond it calls are passed on all the same, but cannot be repeated.</summary>
/// <param name="bytes">At most.</param>
internal sealed class KeptBytesBudget(long bytes)
{
    private long _left = bytes;

    public bool TryTake(long count)
    {
        if (Interlocked.Add(ref _left, -count) >= 0)
        {
            return true;
        }

        Give(count);
        return false;
    }

    public void Give(long count) => Interlocked.Add(ref _left, count);
}
