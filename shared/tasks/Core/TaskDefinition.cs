namespace PvExec.Tasks.Core;

/// <summary>What a task directory holds at the moment of a run.</summary>
/// <param name="Name">As the caller gave it.</param>
/// <param name="Directory">Where it is, without symbolic links: the task's working directory.</param>
/// <param name="Run">The argument vector of <c>run</c>.</param>
/// <param name="Log">The argument vector of the filter for its output, or null.</param>
/// <param name="Scopes">What it reads and writes, and how many runs of it there may be.</param>
public sealed record TaskDefinition(
    TaskName Name,
    string Directory,
    IReadOnlyList<string> Run,
    IReadOnlyList<string>? Log,
    ScopeSet Scopes)
{
    /// <summary>Between TERM and KILL where the task says nothing.</summary>
    public static readonly TimeSpan DefaultTimeoutKill = TimeSpan.FromSeconds(5);

    /// <summary>How long <c>finish</c> may run where the task says nothing.</summary>
    public static readonly TimeSpan DefaultTimeoutFinish = TimeSpan.FromSeconds(5);

    /// <summary>The argument vector of what is run after each end, without the three arguments it is given, or null.</summary>
    public IReadOnlyList<string>? Finish { get; init; }

    /// <summary>In the order of their names; what the caller gives wins over them.</summary>
    public IReadOnlyList<TaskVariable> Environment { get; init; } = [];

    /// <summary>How long <c>run</c> and <c>log</c> may run before they get TERM; null for any time.</summary>
    public TimeSpan? Timeout { get; init; }

    /// <summary>How long after TERM they get KILL.</summary>
    public TimeSpan TimeoutKill { get; init; } = DefaultTimeoutKill;

    /// <summary>How long <c>finish</c> may run before it gets KILL.</summary>
    public TimeSpan TimeoutFinish { get; init; } = DefaultTimeoutFinish;

    /// <summary>Whom its processes run as; null: as the daemon.</summary>
    public TaskUser? User { get; init; }

    /// <summary>For people; empty when there is none.</summary>
    public string Description { get; init; } = "";

    /// <summary>How many runs of it there may be at a time; null for any number.</summary>
    public int? MaxConcurrent => Scopes.Limit?.Most;
}
