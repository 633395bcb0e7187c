namespace PvExec.Exec.Core.Runs;

/// <summary>The start of a run's process.</summary>
/// <param name="Pid">Information only: it may be another process's once this one has ended.</param>
public sealed record RunStart(int Pid, DateTimeOffset Started);
