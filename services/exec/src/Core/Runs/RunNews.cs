namespace PvExec.Exec.Core.Runs;

/// <summary>What somebody who watches runs has not seen.</summary>
/// <param name="IsAll">All runs there are have to be looked at.</param>
/// <param name="Changed">Else: these, in the order of their requests.</param>
public sealed record RunNews(bool IsAll, IReadOnlyList<Run> Changed);
