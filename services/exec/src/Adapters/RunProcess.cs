using PvExec.Hosting.Init;

namespace PvExec.Exec.Adapters;

/// <summary>One of a run's processes.</summary>
public readonly record struct RunProcess(RunRole Role, Child Child);
