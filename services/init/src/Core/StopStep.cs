namespace PvExec.Init.Core;

/// <summary>The order of a stop.</summary>
internal enum StopStep
{
    /// <summary>The system runs.</summary>
    NotStopping,

    /// <summary>Nothing new comes in. The front is told so and is not waited for: calls under way are answered while the rest ends.</summary>
    Front,

    /// <summary>Tasks and processes end.</summary>
    Work,

    /// <summary>What they left behind is killed, so that nothing writes while the tree is saved.</summary>
    Sweep,

    /// <summary>The worktree is saved.</summary>
    Save,

    /// <summary>The last answers go out, and the front leaves.</summary>
    Drain,

    /// <summary>Whatever still runs is killed.</summary>
    Leftovers,

    Done,
}
