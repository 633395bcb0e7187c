namespace PvExec.Exec.Core.Scopes;

internal static class LockModes
{
    public const int Count = 5;

    /// <summary>Which modes cannot be at a node together with one, as bits.</summary>
    public static int ConflictsOf(LockMode mode) => mode switch
    {
        LockMode.IntentRead => Bit(LockMode.Write),
        LockMode.IntentWrite => Bit(LockMode.Read) | Bit(LockMode.ReadIntentWrite) | Bit(LockMode.Write),
        LockMode.Read => Bit(LockMode.IntentWrite) | Bit(LockMode.ReadIntentWrite) | Bit(LockMode.Write),
        LockMode.ReadIntentWrite => Bit(LockMode.IntentWrite) | Bit(LockMode.Read) | Bit(LockMode.ReadIntentWrite) | Bit(LockMode.Write),
        LockMode.Write => (1 << Count) - 1,
        _ => throw new ArgumentOutOfRangeException(nameof(mode), mode, null),
    };

    public static bool Conflict(LockMode one, LockMode other) => (ConflictsOf(one) & Bit(other)) != 0;

    /// <summary>The weakest mode that is as strong as both.</summary>
    public static LockMode Join(LockMode one, LockMode other) => (one, other) switch
    {
        (LockMode.IntentWrite, LockMode.Read) or (LockMode.Read, LockMode.IntentWrite) => LockMode.ReadIntentWrite,
        _ => one > other ? one : other,
    };

    private static int Bit(LockMode mode) => 1 << (int)mode;
}
