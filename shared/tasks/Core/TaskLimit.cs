namespace PvExec.Tasks.Core;

/// <summary>How many runs of a task there may be at a time.</summary>
/// <param name="Directory">The task's, without symbolic links, so that a task with two names is one.</param>
/// <param name="Most">1 or more.</param>
public sealed record TaskLimit(string Directory, int Most)
{
    public override string ToString() => $"at most {Most} at a time of {Directory}";
}
