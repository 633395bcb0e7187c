using PvExec.Api.V1;

namespace PvExec.Cli.Output;

/// <summary>A scope as it is printed; with neither holders nor waiters it is not in use.</summary>
/// <param name="HolderCount">All of them, listed or not.</param>
public sealed record ScopeRow(string Scope, IReadOnlyList<ScopeUserRow> Holders, IReadOnlyList<ScopeUserRow> Waiters, uint HolderCount, uint WaiterCount)
{
    public static ScopeRow From(ScopeUse use, DateTimeOffset now) => new(
        use.Scope,
        [.. use.Holders.Select(user => ScopeUserRow.From(user, now))],
        [.. use.Waiters.Select(user => ScopeUserRow.From(user, now))],
        use.HolderCount,
        use.WaiterCount);
}
