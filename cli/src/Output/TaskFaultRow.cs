using PvExec.Tasks.Core;

namespace PvExec.Cli.Output;

/// <summary>Something wrong with a task, as it is printed.</summary>
/// <param name="Line">From 1, which also stands for the file as a whole.</param>
public sealed record TaskFaultRow(string Task, string File, int Line, string Detail)
{
    public static IEnumerable<TaskFaultRow> From(TaskReading task) =>
        task.Faults.Select(fault => new TaskFaultRow(task.Name.Value, fault.File, fault.Line, fault.Detail));
}
