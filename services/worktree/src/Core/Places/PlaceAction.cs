namespace PvExec.Worktrees.Core.Places;

/// <summary>What to do about it.</summary>
public enum PlaceAction
{
    /// <summary>Go on with the tmpfs that is there.</summary>
    ResumeMemory,
    /// <summary>Go on with the directory that is there.</summary>
    ResumeDirectory,
    /// <summary>Fill it.</summary>
    Load,
    /// <summary>Empty it of the unfinished load, then fill it.</summary>
    ClearAndLoad,
    /// <summary>Leave it alone and do not start.</summary>
    Refuse,
}
