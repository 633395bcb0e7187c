using PvExec.Tasks.Core;

namespace PvExec.Cli.Output;

/// <summary>A task as it is printed.</summary>
/// <param name="Directory">Null, as is all that follows, when there is a fault.</param>
/// <param name="Environment">A null value: the task does not inherit the variable.</param>
/// <param name="TimeoutSeconds">Null: it may run for any time.</param>
/// <param name="TimeoutFinishSeconds">Of no use to a task without a <c>finish</c>.</param>
/// <param name="User">Null: the daemon's.</param>
/// <param name="MaxConcurrent">Null: any number of runs.</param>
public sealed record TaskRow(
    string Name,
    IReadOnlyList<TaskFaultRow> Faults,
    string? Directory,
    string? Description,
    IReadOnlyList<string>? Reads,
    IReadOnlyList<string>? Writes,
    int? MaxConcurrent,
    double? TimeoutSeconds,
    double? TimeoutKillSeconds,
    double? TimeoutFinishSeconds,
    string? User,
    IReadOnlyDictionary<string, string?>? Environment,
    IReadOnlyList<string>? Run,
    IReadOnlyList<string>? Log,
    IReadOnlyList<string>? Finish)
{
    public static TaskRow From(TaskReading reading)
    {
        TaskDefinition? task = reading.Definition;
        return new TaskRow(
            reading.Name.Value,
            [.. TaskFaultRow.From(reading)],
            task?.Directory,
            task?.Description,
            task is null ? null : [.. task.Scopes.Reads],
            task is null ? null : [.. task.Scopes.Writes],
            task?.MaxConcurrent,
            task?.Timeout?.TotalSeconds,
            task?.TimeoutKill.TotalSeconds,
            task?.TimeoutFinish.TotalSeconds,
            task?.User?.Text,
            task?.Environment.ToDictionary(variable => variable.Name, variable => variable.Value),
            task?.Run,
            task?.Log,
            task?.Finish);
    }
}
