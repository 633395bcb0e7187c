namespace PvExec.Front.Core;

/// <summary>How much of all bodies together is kept. Beyond it calls are passed on all the same, but cannot be repeated. Not thread-safe.</summary>
/// <param name="bytes">At most.</param>
public sealed class KeptBytesBudget(long bytes)
{
    public long Left { get; private set; } = bytes;

    public bool TryTake(int count)
    {
        if (count > Left)
        {
            return false;
        }

        Left -= count;
        return true;
    }

    public void Give(long count) => Left += count;
}
