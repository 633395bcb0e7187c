using PvExec.Kernel;

namespace PvExec.Worktrees.Core.Format;

/// <summary>What is said of stored data that cannot be read back.</summary>
internal static class Damage
{
    public static Fault Fault(string blob, string what) => new(
        FaultKind.DataLoss,
        $"{blob} in the store is damaged: {what}. Restore that file from a backup, or start from another worktree or without -source-worktree");
}
