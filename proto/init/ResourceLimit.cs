namespace PvExec.Proto.Init;

/// <summary>One call of setrlimit(2), three numbers of <see cref="SpawnAttributes"/>.</summary>
/// <param name="Resource">The number of RLIMIT_…, that of x86-64 and arm64.</param>
/// <param name="Soft">In the unit of the resource; -1 is RLIM_INFINITY.</param>
/// <param name="Hard">As <paramref name="Soft"/>.</param>
public readonly record struct ResourceLimit(int Resource, long Soft, long Hard)
{
    /// <summary>RLIM_INFINITY.</summary>
    public const long Unlimited = -1;
}
