using PvExec.Exec.Core.Runs;

namespace PvExec.Exec.Engine;

/// <summary>A run and the callers that are there for it, when its service hands over to a new instance.</summary>
/// <param name="Callers">Their ids: each of them comes to the new instance by itself, or says there that it is gone.</param>
public sealed record CalledRun(RunId Id, IReadOnlyList<string> Callers);
