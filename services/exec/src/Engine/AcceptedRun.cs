using PvExec.Exec.Core.Runs;

namespace PvExec.Exec.Engine;

/// <summary>The run that answers a request. Its output is held for the caller, who releases it.</summary>
/// <param name="IsAttached">It is that of an earlier request with the same client token.</param>
public readonly record struct AcceptedRun(Run Run, bool IsAttached);
