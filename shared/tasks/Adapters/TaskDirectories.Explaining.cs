using PvExec.Kernel;
using PvExec.Tasks.Core;

namespace PvExec.Tasks.Adapters;

/// <content>Why a directory without <c>run</c> is no task, where more can be said than that it is missing.</content>
public sealed partial class TaskDirectories
{
    private const string Variables = "env";

    /// <param name="root">Without symbolic links, as the task's directory is.</param>
    private static TaskReading Explained(TaskReading reading, string root)
    {
        if (reading is not { Readable.Directory: var directory, Faults: [{ Kind: FaultKind.NotFound } missing, ..] })
        {
            return reading;
        }

        string above = Path.GetDirectoryName(directory)!;
        TaskFault said =
            TaskAbove(directory, root) is { } task ? missing with
            {
                File = directory,
                Detail = task == root
                    ? $"lies in {root}, which is a task and no config root: name the directory above that as config root"
                    : $"belongs to the task '{Relative(task, root)}' and is none itself: name that one",
            }
            : Path.GetFileName(directory) == Variables && IsTask(directory) ? missing with
            {
                File = above == root ? directory : above + "/" + TaskReader.Run,
                Detail = above == root
                    ? "holds the variables of a task, and lies in none: move it into the task's directory"
                    : $"{TaskParser.NoRun}; that it should be one, its directory {Variables} says",
            }
            : !IsTask(directory) && Subdirectories(directory).FirstOrDefault(below => IsTask(directory + "/" + below)) is { } one ? missing with
            {
                File = directory,
                Detail = $"holds tasks, such as '{reading.Name}/{one}', and is none itself: name one of them",
            }
            : missing;
        return reading with { Faults = [said, .. reading.Faults.Skip(1)] };
    }

    /// <summary>The nearest directory above that has a <c>run</c>, the root included; null when none has.</summary>
    private static string? TaskAbove(string directory, string root)
    {
        string above = directory;
        while (above != root && IsBelow(above, root))
        {
            above = Path.GetDirectoryName(above)!;
            if (File.Exists(above + "/" + TaskReader.Run))
            {
                return above;
            }
        }

        return null;
    }

    private static string Relative(string directory, string root) => directory[(root == "/" ? 1 : root.Length + 1)..];
}
