using PvExec.Kernel;
using PvExec.Linux.Files;
using PvExec.Tasks.Core;

namespace PvExec.Tasks.Adapters;

/// <summary>What is wrong with a task's directory and no start looks for: interpreters that are not there, and files whose names nearly are those of ours.</summary>
public static class TaskInspection
{
    private const string PathVariable = "PATH";

    private static readonly string[] s_names = [.. TaskReader.AllFiles.Select(file => file.Text)];

    /// <summary>What was read, with these faults behind the others.</summary>
    /// <param name="path">The PATH of the daemon; null for none. That of the task's own <c>env/</c> wins.</param>
    public static TaskReading Complete(TaskReading reading, string? path)
    {
        if (reading.Readable is not { } task)
        {
            return reading;
        }

        string? own = task.Environment.FirstOrDefault(variable => variable.Name == PathVariable) is { } set ? set.Value : path;
        TaskFault[] found = [.. Interpreters(task, own), .. Names(task.Directory)];
        return found.Length == 0 ? reading : reading with { Definition = null, Faults = [.. reading.Faults, .. found] };
    }

    private static IEnumerable<TaskFault> Interpreters(TaskDefinition task, string? path) =>
        from command in new[] { task.Run, task.Log, task.Finish }
        where command is { Count: > 0 }
        let problem = InterpreterCheck.Problem(command, task.Directory, path)
        where problem is not null
        select Wrong(command[^1], problem);

    private static IEnumerable<TaskFault> Names(string directory) =>
        from entry in Entries(directory)
        let meant = NearMiss.Of(entry.Name, s_names)
        where meant is not null && MayBeMeant(entry, meant)
        select Wrong(entry.FullName, $"is not read: did you mean {meant}?");

    /// <summary>
    /// As <c>env</c> is a directory of variables, <c>log</c> is read only when it is executable, and all others are files: else they are the task's own.
    /// </summary>
    private static bool MayBeMeant(FileSystemInfo entry, string meant) => meant switch
    {
        "env" => entry is DirectoryInfo directory ? Entries(directory.FullName).All(one => NearMiss.IsVariable(one.Name)) : entry.Name == "environ",
        "log" => entry is FileInfo && FileAccessCheck.MayExecute(entry.FullName),
        _ => entry is FileInfo,
    };

    private static FileSystemInfo[] Entries(string directory)
    {
        try
        {
            FileSystemInfo[] entries = new DirectoryInfo(directory).GetFileSystemInfos();
            Array.Sort(entries, (a, b) => string.CompareOrdinal(a.Name, b.Name));
            return entries;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return [];
        }
    }

    private static TaskFault Wrong(string file, string detail) => new(FaultKind.FailedPrecondition, file, 1, detail);
}
