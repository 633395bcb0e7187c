using PvExec.Init.Native;

namespace PvExec.Init.Children;

/// <summary>What became of a start.</summary>
/// <param name="Pid">0 when it failed.</param>
/// <param name="PidFd">The caller's to close; -1 when none was wanted, or none was left.</param>
internal readonly record struct SpawnResult(int Pid, int PidFd, SpawnStage Stage, int Errno);
