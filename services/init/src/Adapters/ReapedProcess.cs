using PvExec.Kernel;
using PvExec.Linux.Processes;

namespace PvExec.Init.Adapters;

/// <summary>A process that has ended and is no longer in the process table.</summary>
internal readonly record struct ReapedProcess(int Pid, ExitStatus Status, ProcessUsage Usage, long EndedMicroseconds);
