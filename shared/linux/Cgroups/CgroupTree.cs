using System.Globalization;

namespace PvExec.Linux.Cgroups;

/// <summary>What is seldom done with directories of the cgroup2 file system, by path. A group that is gone is an empty one.</summary>
public static class CgroupTree
{
    /// <summary>Moves this process, all its threads.</summary>
    /// <returns>False when that is not allowed.</returns>
    public static bool Enter(string group) => TryWrite(group + "/cgroup.procs", Environment.ProcessId.ToString(CultureInfo.InvariantCulture));

    /// <summary>Gives the groups below one the memory controller.</summary>
    /// <returns>Whether they have it.</returns>
    public static bool ShareMemory(string group) => TryWrite(group + "/cgroup.subtree_control", "+memory");

    /// <summary>Takes it back from them.</summary>
    public static bool KeepMemory(string group) => TryWrite(group + "/cgroup.subtree_control", "-memory");

    /// <summary>The root of the hierarchy, which a machine's own processes are in, has no such file.</summary>
    public static bool IsBelowRoot(string group) => File.Exists(group + "/cgroup.events");

    /// <summary>Whether a process is in a group or below it.</summary>
    public static bool HasProcesses(string group)
    {
        try
        {
            return CgroupEvents.Value(File.ReadAllBytes(group + "/cgroup.events"), "populated"u8) != 0;
        }
        catch (Exception e) when (IsGone(e))
        {
            return false;
        }
    }

    /// <summary>Makes all in a group and below it stand still, those that are started meanwhile too, or lets them go on (Linux 5.2).</summary>
    /// <returns>False when that is not allowed, or there is no such group.</returns>
    public static bool SetFrozen(string group, bool frozen) => TryWrite(group + "/cgroup.freeze", frozen ? "1" : "0");

    /// <summary>Whether all in a group and below it stand still, after <see cref="SetFrozen"/>.</summary>
    public static bool IsFrozen(string group)
    {
        try
        {
            return CgroupEvents.Value(File.ReadAllBytes(group + "/cgroup.events"), "frozen"u8) == 1;
        }
        catch (Exception e) when (IsGone(e))
        {
            return false;
        }
    }

    /// <summary>The processes in a group and below it; one that moves meanwhile may be missed.</summary>
    public static List<int> Processes(string group)
    {
        var found = new List<int>();
        Add(group);
        return found;

        void Add(string one)
        {
            try
            {
                found.AddRange(File.ReadLines(one + "/cgroup.procs").Select(line => int.Parse(line, CultureInfo.InvariantCulture)));
            }
            catch (Exception e) when (IsGone(e))
            {
                return;
            }

            Below(one).ForEach(Add);
        }
    }

    /// <summary>The groups right below one.</summary>
    public static List<string> Below(string group)
    {
        try
        {
            return [.. Directory.EnumerateDirectories(group)];
        }
        catch (Exception e) when (IsGone(e))
        {
            return [];
        }
    }

    /// <summary>Removes a group and those below it, as far as no process is in them.</summary>
    /// <returns>Whether it is gone.</returns>
    public static bool Remove(string group)
    {
        Below(group).ForEach(one => Remove(one));
        try
        {
            Directory.Delete(group);
            return true;
        }
        catch (DirectoryNotFoundException)
        {
            return true;
        }
        catch (Exception e) when (IsGone(e))
        {
            // Somebody is in it, or it is another's.
            return false;
        }
    }

    private static bool TryWrite(string file, string text)
    {
        try
        {
            File.WriteAllText(file, text);
            return true;
        }
        catch (Exception e) when (IsGone(e))
        {
            // The caller is told.
            return false;
        }
    }

    private static bool IsGone(Exception e) => e is IOException or UnauthorizedAccessException;
}
