using PvExec.Kernel;

namespace PvExec.Processes.Core.Lifecycle;

/// <summary>How a process ended, and when it had started.</summary>
public sealed record ProcessEnd(ExitStatus Status, DateTimeOffset Started, DateTimeOffset Ended);
