using System.Text;
using PvExec.Kernel;
using PvExec.Kernel.Configuration;
using PvExec.Linux;
using PvExec.Linux.Files;
using PvExec.Linux.Trees;
using PvExec.Tasks.Core;

namespace PvExec.Tasks.Adapters;

/// <summary>The task directories below the config roots, read anew at each look-up, so that an edit counts at once.</summary>
/// <param name="roots">In the order of look-up; each an existing directory or not.</param>
/// <param name="given">What they were given with, to be named when one is wrong.</param>
public sealed partial class TaskDirectories(IReadOnlyList<string> roots, string given = "-exec-config-root")
{
    /// <summary>A fault for the first root that is not there or holds nothing.</summary>
    public Outcome<Unit> Check()
    {
        foreach (string root in roots)
        {
            try
            {
                if (!Directory.EnumerateFileSystemEntries(root).Any())
                {
                    return new Fault(FaultKind.FailedPrecondition, $"{given} {root} is empty: put task directories into it or name another one");
                }
            }
            catch (Exception e) when (e is IOException or UnauthorizedAccessException)
            {
                return new Fault(FaultKind.NotFound, $"{given} {root} cannot be read as a directory: {e.Message}");
            }
        }

        return Unit.Value;
    }

    /// <summary>The task of that name in the first root that has a directory of that name; a fault when anything is wrong with it.</summary>
    public Outcome<TaskDefinition> Find(TaskName name) => Read(name).Then(reading => reading.ToOutcome());

    /// <summary>As <see cref="Find"/>, with everything that is wrong with the task's files. A fault when there is no such directory.</summary>
    /// <remarks>
    /// The directory must be below the root, symbolic links resolved. Its files may be links to anywhere: who may place
    /// them may as well write them.
    /// </remarks>
    public Outcome<TaskReading> Read(TaskName name)
    {
        foreach (string root in roots)
        {
            if (TryReadPlain(root, name) is { } source)
            {
                return Explained(TaskParser.Parse(name, source), root);
            }

            if (RealPath.Resolve(root, out string? realRoot) != 0)
            {
                continue;
            }

            int errno = RealPath.Resolve(Path.Combine(root, name.Value), out string? directory);
            if (errno is Errno.ENOENT or Errno.ENOTDIR)
            {
                continue;
            }

            if (errno != 0)
            {
                return new Fault(FaultKind.FailedPrecondition, $"task {Quoted.Of(name.Value)} cannot be looked up in {root}: {Errno.Describe(errno)}");
            }

            if (!IsBelow(directory!, realRoot!))
            {
                return new Fault(
                    FaultKind.InvalidArgument,
                    $"task {Quoted.Of(name.Value)} leaves its config root {root}: it is a symbolic link to {directory}");
            }

            if (Directory.Exists(directory))
            {
                return Explained(TaskParser.Parse(name, TaskReader.Read(directory, TaskFileNames.Any)), realRoot!);
            }
        }

        string listing = string.Join(' ', roots.SelectMany(DaemonFlags.ConfigRoot.Words));
        return new Fault(
            FaultKind.NotFound, $"no task {Quoted.Of(name.Value)} below {string.Join(", ", roots)}: 'pv_exec tasks list {listing}' says which there are");
    }

    /// <summary>A directory without a symbolic link on the way to it, as nearly all are, needs no other look.</summary>
    /// <returns>Null for any other.</returns>
    private static TaskSource? TryReadPlain(string root, TaskName name)
    {
        string path = root + "/" + name.Value;
        if (!Path.IsPathFullyQualified(root) || Path.GetFullPath(path) != path
            || Opening.TryWithoutSymlinks(Encoding.UTF8.GetBytes(path), OpenFlags.Directory, out FileDescriptor? directory) != 0)
        {
            return null;
        }

        using (directory)
        {
            return TaskReader.Read(path, TaskFileNames.In(directory!));
        }
    }

    private static bool IsBelow(string path, string root) =>
        path.StartsWith(root, StringComparison.Ordinal) && path.Length > root.Length && (root == "/" || path[root.Length] == '/');
}
