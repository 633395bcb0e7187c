using PvExec.Exec.Core.Runs;

namespace PvExec.Exec.Engine;

/// <summary>A run without a result, and how many calls read it, when its service hands over to a new instance: they come to that one.</summary>
public sealed record ReadRun(RunId Id, int Readers);
