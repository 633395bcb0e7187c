namespace PvExec.Init.Core;

/// <summary>The order of a stop.</summary>
internal enum StopStep
{
    /// <summary>The system runs.</summary>
    NotStopping,

    /// <summary>Nothing new comes in, and answers under way go out.</summary>
    Front,

    /// <summary>Tasks and processes end.</summary>
    Work,

    /// <summary>What they left behind is killed, so that nothing writes while the tree is saved.</summary>
    Sweep,

    /// <summary>The worktree is saved.</summary>
    Save,

    /// <summary>Whatever still runs is killed.</summary>
    Leftovers,

    Done,
}
