using System.Text;
using PvExec.Kernel.Configuration;
using PvExec.Worktrees.Core.Snapshots;

namespace PvExec.Worktrees.Core.Places;

/// <summary>Our note on a directory: which worktree it holds.</summary>
/// <param name="Loading">It is being filled.</param>
/// <param name="Snapshot">The snapshot that it was last the same as or newer than; null before the first.</param>
public sealed record Marker(string Worktree, bool Loading, Hash256? Snapshot)
{
    public byte[] ToBytes() => Encoding.ASCII.GetBytes($"1 {(Loading ? "loading" : "ready")} {Worktree} {Snapshot?.ToString() ?? "-"}");

    /// <summary>Null for anything else.</summary>
    public static Marker? Parse(ReadOnlySpan<byte> bytes)
    {
        string[] words = Encoding.ASCII.GetString(bytes).Split(' ');
        if (words is not ["1", "loading" or "ready", var worktree, var snapshot] || !DaemonOptions.IsWorktreeId(worktree))
        {
            return null;
        }

        return new Marker(worktree, words[1] == "loading", Hash256.TryParse(snapshot, out Hash256 id) ? id : null);
    }
}
