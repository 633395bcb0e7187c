using PvExec.Kernel;
using PvExec.Linux.Files;
using PvExec.Tasks.Core;

namespace PvExec.Tasks.Adapters;

/// <content>All tasks there are.</content>
public sealed partial class TaskDirectories
{
    /// <summary>Deeper directories hold no tasks: a bound for trees that were named by mistake.</summary>
    private const int MaxDepth = 16;

    /// <summary>
    /// Every task that a run could name, in the order of the names: directories with <c>run</c> or another file that only
    /// a task has. Below a task there is no other. Names that begin with a dot are passed over.
    /// </summary>
    public IReadOnlyList<TaskReading> List()
    {
        var found = new SortedDictionary<string, TaskReading>(StringComparer.Ordinal);
        foreach (string root in roots)
        {
            if (RealPath.Resolve(root, out string? real) == 0)
            {
                Walk(real!, "", [real!], found);
            }
        }

        return [.. found.Values];
    }

    /// <param name="above">The directories from the root to the one whose entries are looked at, without symbolic links.</param>
    private void Walk(string root, string prefix, List<string> above, SortedDictionary<string, TaskReading> found)
    {
        foreach (string entry in Subdirectories(above[^1]))
        {
            string name = prefix + entry;
            string path = above[^1] + "/" + entry;
            if (found.ContainsKey(name) || RealPath.Resolve(path, out string? real) != 0)
            {
                continue;
            }

            if (real != root && !IsBelow(real!, root))
            {
                if (IsTask(real!) || Subdirectories(real!).Any(below => IsTask(real + "/" + below)))
                {
                    found.Add(name, LeavesRoot(name, path, real!));
                }
            }
            else if (IsTask(real!))
            {
                // Through the roots once more: an earlier one may have a directory of that name that is no task.
                if (TaskName.Parse(name).Then(Read).TryGet(out TaskReading? reading, out _))
                {
                    found.Add(name, reading);
                }
            }
            else if (above.Count < MaxDepth && !above.Contains(real!))
            {
                Walk(root, name + "/", [.. above, real!], found);
            }
        }
    }

    private static bool IsTask(string directory) => TaskReader.TellingFiles.Any(file => Path.Exists(directory + "/" + file));

    private static TaskReading LeavesRoot(string name, string path, string target) => new(
        TaskName.Parse(name).Value,
        null,
        [new TaskFault(FaultKind.InvalidArgument, path, 1, $"is a symbolic link that leaves its config root, to {target}: copy the directory, or name its parent as a config root")]);

    private static string[] Subdirectories(string directory)
    {
        try
        {
            string[] names = [.. new DirectoryInfo(directory).EnumerateDirectories().Select(entry => entry.Name).Where(name => name[0] != '.')];
            Array.Sort(names, StringComparer.Ordinal);
            return names;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return [];
        }
    }
}
