namespace PvExec.Cli.Output;

/// <summary>A run that was started and is not waited for.</summary>
public sealed record StartedRow(string Run, string Task);
