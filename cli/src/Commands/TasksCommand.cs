using System.CommandLine;
using PvExec.Cli.Output;
using PvExec.Kernel;
using PvExec.Kernel.Configuration;
using PvExec.Tasks.Adapters;
using PvExec.Tasks.Core;

namespace PvExec.Cli.Commands;

/// <summary><c>tasks list|describe|check</c>: reads the task directories itself, so no daemon has to run.</summary>
internal static class TasksCommand
{
    private const string CheckNotes = """
        Prints FILE:LINE: what is wrong: what to do, for every fault of every task; the exit code is 1 when there is one.
        A task with a fault in what is read at a start is not run. Besides, interpreters behind #! that are not there are
        named, and files that are not read though their names nearly are those of files that would be.
        Users, groups, permissions and, unless a task has env/PATH, PATH are those of this system and of who runs the command.

        """;

    public static Command Create(DaemonAddress address, Surroundings surroundings)
    {
        var tasks = new Command("tasks", "Lists the tasks, and checks their directories.");
        tasks.Add(List(address, surroundings));
        tasks.Add(Describe(address, surroundings));
        tasks.Add(Check(address, surroundings));
        return address.NotFor(tasks);
    }

    private static Command List(DaemonAddress address, Surroundings surroundings)
    {
        var command = new Command("list", "Lists all tasks with what they lock.");
        Does(command, address, surroundings, (_, directories, json) =>
        {
            TaskPrinter.PrintList([.. directories.List().Select(TaskRow.From)], json, surroundings.Out);
            return Ended.Well;
        });
        return command;
    }

    private static Command Describe(DaemonAddress address, Surroundings surroundings)
    {
        var name = new Argument<string>("NAME") { Description = "the task's name, such as common/file_list" };
        var command = new Command("describe", "Shows what a task's directory says.") { name };
        Does(command, address, surroundings, (parsed, directories, json) =>
        {
            Outcome<TaskReading> read = TaskName.Parse(parsed.GetValue(name)!).Then(directories.Read);
            if (!read.TryGet(out TaskReading? reading, out Fault? fault))
            {
                return fault.Kind == FaultKind.InvalidArgument ? Ended.Usage(fault.Detail) : Ended.Failed(fault.Detail);
            }

            TaskPrinter.PrintOne(TaskRow.From(reading), json, surroundings.Out);
            return reading.Definition is null ? Ended.Failed(Summary([reading])) : Ended.Well;
        });
        return command;
    }

    private static Command Check(DaemonAddress address, Surroundings surroundings)
    {
        var command = new NotedCommand("check", "Reports everything that is wrong with the tasks' files.", CheckNotes);
        Does(command, address, surroundings, (_, directories, json) =>
        {
            TaskReading[] all = [.. directories.List().Select(task => TaskInspection.Complete(task, surroundings.Variable("PATH")))];
            TaskPrinter.PrintFaults([.. all.SelectMany(TaskFaultRow.From)], json, surroundings.Out);
            return all.Any(task => task.Faults.Count > 0) ? Ended.Failed(Summary(all)) : Ended.Well;
        });
        return command;
    }

    private static string Summary(IReadOnlyList<TaskReading> tasks)
    {
        int faults = tasks.Sum(task => task.Faults.Count);
        return $"{faults} {(faults == 1 ? "fault" : "faults")} in {tasks.Count(task => task.Faults.Count > 0)} of {tasks.Count} {(tasks.Count == 1 ? "task" : "tasks")}";
    }

    private static void Does(Command command, DaemonAddress address, Surroundings surroundings, Func<ParseResult, TaskDirectories, bool, Ended> action)
    {
        var roots = new ConfigRootOption(surroundings);
        Option<bool> json = JsonOption.Create();
        command.Add(roots.Option);
        command.Add(json);
        command.Does(surroundings, (parsed, _) => Task.FromResult(
            address.Refusal(parsed, "tasks", $"it reads the task directories itself; leave the address out, and give -{DaemonFlags.ConfigRoot.Name}") is { } refusal ? Ended.With(refusal)
            : roots.Directories(parsed).TryGet(out TaskDirectories? directories, out Fault? fault)
                ? action(parsed, directories, parsed.GetValue(json))
                : Ended.With(fault)));
    }
}
