namespace PvExec.Cli.Output;

/// <summary>How one service is.</summary>
/// <param name="Pid">0 when it does not run.</param>
/// <param name="UptimeSeconds">Since its last start; 0 when it does not run.</param>
/// <param name="MemoryBytes">Its resident set.</param>
public sealed record ServiceRow(string Name, int Pid, string State, int Restarts, double UptimeSeconds, long MemoryBytes, string Status);
