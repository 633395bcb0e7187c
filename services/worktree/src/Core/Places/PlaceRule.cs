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
    public static Fault Refusal(WorktreeMode mode, PlaceState state, string mountPoint, string holds) => new(FaultKind.FailedPrecondition, state switch
    {
        PlaceState.NotADirectory => $"-mount-point {mountPoint} is not a directory: give a directory, or a path where nothing is",
        PlaceState.OwnMemory => $"-mount-point {mountPoint} holds worktree '{holds}' in memory, and --worktree-mode is {Word(mode)}: start with memory or auto and save it, or 'umount {mountPoint}' to drop it",
        PlaceState.OtherMemory => $"-mount-point {mountPoint} holds worktree '{holds}' in memory: start with -worktree {holds} and save it, or 'umount {mountPoint}' to drop it",
        PlaceState.OwnDirectory => $"-mount-point {mountPoint} holds worktree '{holds}' as a directory, and --worktree-mode is {Word(mode)}: start with directory or auto, or give another -mount-point",
        PlaceState.OtherDirectory => $"-mount-point {mountPoint} holds worktree '{holds}': start with -worktree {holds}, or give another -mount-point",
        _ => $"-mount-point {mountPoint} is not empty and holds no worktree: empty it, or give another -mount-point",
    });

    private static string Word(WorktreeMode mode) => mode.ToString().ToLowerInvariant();
}
