using PvExec.Init.Native;

namespace PvExec.Init.Children;

/// <summary>What became of a start.</summary>
/// <param name="Pid">0 when it failed.</param>
internal readonly record struct SpawnResult(int Pid, SpawnStage Stage, int Errno);
