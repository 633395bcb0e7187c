using PvExec.Kernel;

namespace PvExec.Tasks.Core;

/// <summary>What came of reading a task's directory.</summary>
/// <param name="Definition">Null when there is a fault.</param>
/// <param name="Faults">All there are, in the order of the README's table of files.</param>
public sealed record TaskReading(TaskName Name, TaskDefinition? Definition, IReadOnlyList<TaskFault> Faults)
{
    /// <summary>What could be read, also when there are faults; null for a directory that was not looked into.</summary>
    public TaskDefinition? Readable { get; init; } = Definition;

    /// <summary>For who wants to run it: the definition, or the first fault and how many more there are.</summary>
    public Outcome<TaskDefinition> ToOutcome()
    {
        if (Definition is { } definition)
        {
            return definition;
        }

        string more = Faults.Count > 1 ? $" (and {Faults.Count - 1} more: see pv_exec tasks check)" : "";
        return new Fault(Faults[0].Kind, $"task {Quoted.Of(Name.Value)}: {Faults[0]}{more}");
    }
}
