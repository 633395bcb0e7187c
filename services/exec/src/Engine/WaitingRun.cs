using PvExec.Exec.Core.Runs;

namespace PvExec.Exec.Engine;

/// <summary>A run that waits for its locks when its service hands over to a new instance.</summary>
/// <param name="Order">Its place among all requests for locks.</param>
public sealed record WaitingRun(long Order, RunId Id, DateTimeOffset Requested, RunRequest Request);
