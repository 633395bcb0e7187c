namespace PvExec.Tasks.Core;

/// <summary>What a task directory holds at the moment of a run.</summary>
/// <param name="Name">As the caller gave it.</param>
/// <param name="Directory">Where it is, without symbolic links: the task's working directory.</param>
/// <param name="Run">The argument vector of <c>run</c>.</param>
/// <param name="Log">The argument vector of the filter for its output, or null.</param>
/// <param name="Scopes">What it reads and writes.</param>
public sealed record TaskDefinition(
    TaskName Name,
    string Directory,
    IReadOnlyList<string> Run,
    IReadOnlyList<string>? Log,
    ScopeSet Scopes);
