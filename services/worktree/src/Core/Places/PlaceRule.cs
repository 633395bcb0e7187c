using PvExec.Kernel;
using PvExec.Kernel.Configuration;

namespace PvExec.Worktrees.Core.Places;

/// <summary>What a start does with the mount point: our own work is gone on with, nobody else's is touched.</summary>
public static class PlaceRule
{
    public static PlaceAction Decide(WorktreeMode mode, PlaceState state) => (mode, state) switch
    {
        (_, PlaceState.Empty) => PlaceAction.Load,
        (_, PlaceState.Loading) => PlaceAction.ClearAndLoad,
        (WorktreeMode.Auto or WorktreeMode.Memory, PlaceState.OwnMemory) => PlaceAction.ResumeMemory,
        (WorktreeMode.Auto or WorktreeMode.Directory, PlaceState.OwnDirectory) => PlaceAction.ResumeDirectory,
        _ => PlaceAction.Refuse,
    };

    /// <summary>Why a place was refused.</summary>
    /// <param name="holds">The id of the worktree that is there, where it is known.</param>
    /// <param name="mountPointGiven">What the mount point was given with.</param>
    /// <param name="modeGiven">What the mode was given with.</param>
    public static Fault Refusal(WorktreeMode mode, PlaceState state, string mountPoint, string holds, string mountPointGiven, string modeGiven) => new(FaultKind.FailedPrecondition, state switch
    {
        PlaceState.NotADirectory => $"{mountPointGiven} {mountPoint} is not a directory: give a directory, or a path where nothing is",
        PlaceState.OwnMemory => $"{mountPointGiven} {mountPoint} holds worktree '{holds}' in memory, and {modeGiven} is {Word(mode)}: start with memory or auto and save it, or 'umount {mountPoint}' to drop it",
        PlaceState.OtherMemory => $"{mountPointGiven} {mountPoint} holds worktree '{holds}' in memory: start with -worktree {holds} and save it, or 'umount {mountPoint}' to drop it",
        PlaceState.OwnDirectory => $"{mountPointGiven} {mountPoint} holds worktree '{holds}' as a directory, and {modeGiven} is {Word(mode)}: start with directory or auto, or give another {mountPointGiven}",
        PlaceState.OtherDirectory => $"{mountPointGiven} {mountPoint} holds worktree '{holds}': start with -worktree {holds}, or give another {mountPointGiven}",
        _ => $"{mountPointGiven} {mountPoint} is not empty and holds no worktree: empty it, or give another {mountPointGiven}",
    });

    private static string Word(WorktreeMode mode) => mode.ToString().ToLowerInvariant();
}
