using System.Globalization;
using PvExec.Hosting.Init;
using PvExec.Linux.Cgroups;

namespace PvExec.Processes.Adapters;

/// <summary>Control groups of cgroups(7), version 2: <c>pv-init-…/run-N</c>, as docs/init-protocol.md says.</summary>
internal sealed class ChildGroups : IChildGroups
{
    public string? Of(Child child)
    {
        if (child.Group == 0)
        {
            return null;
        }

        string name = string.Create(CultureInfo.InvariantCulture, $"run-{child.Group}");
        string? found = child.Exited.IsCompleted ? null : Within(CgroupPath.Of(child.Pid), name);
        return found ?? Beside(CgroupPath.OfThisProcess(), name);
    }

    public bool SetFrozen(string group, bool frozen) => CgroupTree.SetFrozen(group, frozen);

    public bool Exists(string group) => Directory.Exists(group);

    public bool IsFrozen(string group) => CgroupTree.IsFrozen(group);

    public IReadOnlyCollection<int> Processes(string group) => CgroupTree.Processes(group);

    /// <summary>The group of that name that a path leads into: a child may have made groups of its own there.</summary>
    internal static string? Within(string? path, string name)
    {
        for (string? at = path; !string.IsNullOrEmpty(at); at = Path.GetDirectoryName(at))
        {
            if (Path.GetFileName(at) == name && IsOfInit(Path.GetDirectoryName(at)))
            {
                return at;
            }
        }

        return null;
    }

    // The leader has ended: pv-init has put the services into a group beside the children's.
    private static string? Beside(string? own, string name) =>
        Path.GetDirectoryName(own) is { } parent && IsOfInit(parent) && Directory.Exists(Path.Combine(parent, name)) ? Path.Combine(parent, name) : null;

    private static bool IsOfInit(string? path) => Path.GetFileName(path)?.StartsWith("pv-init-", StringComparison.Ordinal) == true;
}
