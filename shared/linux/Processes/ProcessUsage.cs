namespace PvExec.Linux.Processes;

/// <summary>What a process and its waited-for descendants used (getrusage(2)).</summary>
/// <param name="UserMicroseconds">Processor time in user mode.</param>
/// <param name="SystemMicroseconds">Processor time in the kernel.</param>
/// <param name="MaxResidentBytes">The largest resident set.</param>
public readonly record struct ProcessUsage(long UserMicroseconds, long SystemMicroseconds, long MaxResidentBytes);
