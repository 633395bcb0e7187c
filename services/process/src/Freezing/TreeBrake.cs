using Microsoft.Extensions.Logging;
using PvExec.Hosting.Init;
using PvExec.Kernel;
using PvExec.Linux.Processes;
using PvExec.Processes.Adapters;

namespace PvExec.Processes.Freezing;

/// <summary>
/// Makes a process stand still with all its descendants, and lets it go on. Where it has a control group that is done by
/// the kernel's freezer, which also holds what is started meanwhile; descendants that left the group, and all of them where
/// there is none, are stopped by SIGSTOP and go on by SIGCONT. One call at a time.
/// </summary>
internal sealed class TreeBrake(IInit init, IKernelTables tables, IChildGroups groups, TimeProvider clock, ILogger<TreeBrake> log)
{
    private const int SIGCONT = 18;
    private const int SIGSTOP = 19;

    private static readonly TimeSpan LookAgain = TimeSpan.FromMilliseconds(2);

    /// <summary>How long a tree may take to stand still: a member in an uninterruptible call stops when it returns.</summary>
    public static readonly TimeSpan StandStill = TimeSpan.FromSeconds(2);

    // By the child's number, of those that stand still: only the leader tells its mark, and it may end meanwhile.
    private readonly Dictionary<ulong, ulong> _marks = [];

    // By the child's number: the groups that stand still, so that nothing has to be looked up to let them go on.
    private readonly Dictionary<ulong, string> _frozen = [];

    /// <param name="isExempt">Asked again and again: it is to run after all.</param>
    /// <returns>False when a member of the tree still runs after <see cref="StandStill"/>.</returns>
    public async Task<bool> StopAsync(Child child, Func<bool> isExempt)
    {
        long started = clock.GetTimestamp();
        string? group = groups.Of(child);
        group = group is not null && groups.SetFrozen(group, true) ? group : null;
        if (group is not null)
        {
            _frozen[child.Id] = group;
        }

        HashSet<int>? before = null;
        while (!isExempt())
        {
            if (before is null && group is null)
            {
                await SignalAsync(child, SIGSTOP);
            }

            List<ProcessStat> outside = Outside(child, group);
            bool stands = (group is null || groups.IsFrozen(group)) && outside.TrueForAll(IsStopped);
            HashSet<int> now = [.. outside.Select(process => process.Pid)];

            // Twice the same: who was forked while the table was read, by one who was stopped before its own line was
            // read, is missing in the first listing, and in the second it is not.
            if (stands && before?.SetEquals(now) == true)
            {
                return true;
            }

            before = stands ? now : null;
            if (clock.GetElapsedTime(started) >= StandStill)
            {
                return false;
            }

            if (!stands)
            {
                SignalStrays(group, outside, SIGSTOP);
                await Task.Delay(LookAgain, clock);
            }
        }

        return true;
    }

    /// <returns>False when it has to be tried again: there is no descriptor left to do it with, say.</returns>
    public async Task<bool> ContinueAsync(Child child)
    {
        string? known = _frozen.GetValueOrDefault(child.Id);
        string? group = known ?? groups.Of(child);
        if (group is not null && groups.SetFrozen(group, false))
        {
            if (!TryContinueStrays(child, group))
            {
                return false;
            }
        }
        else if (known is not null && groups.Exists(known))
        {
            return false;
        }
        else
        {
            await SignalAsync(child, SIGCONT);
        }

        _frozen.Remove(child.Id);
        _marks.Remove(child.Id);
        return true;
    }

    private bool TryContinueStrays(Child child, string group)
    {
        try
        {
            SignalStrays(group, Outside(child, group), SIGCONT);
            return true;
        }
        catch (IOException)
        {
            // The table of processes cannot be read now. The caller says so.
            return false;
        }
    }

    private static bool IsStopped(ProcessStat process) => process.State is 'T' or 't';

    /// <summary>Whom the group's freezer does not hold: all of the tree when there is no group.</summary>
    private List<ProcessStat> Outside(Child child, string? group)
    {
        IReadOnlyCollection<int> inside = group is null ? [] : groups.Processes(group);
        ulong? mark = Mark(child);
        List<ProcessStat> tree = ProcessTree.Of(
            tables.Processes(), child.Pid, !child.Exited.IsCompleted, mark is { } value ? pid => tables.FileLocks(pid) == value : null);
        tree.RemoveAll(process => inside.Contains(process.Pid));
        return tree;
    }

    /// <summary>What a descendant has that left session and group and whose parents ended: the child's number in its lower half (docs/init-protocol.md).</summary>
    private ulong? Mark(Child child)
    {
        if (!_marks.TryGetValue(child.Id, out ulong known)
            && !child.Exited.IsCompleted && tables.FileLocks(child.Pid) is { } mark && (uint)mark == (uint)child.Id)
        {
            _marks[child.Id] = known = mark;
        }

        return known == 0 ? null : known;
    }

    // Without a group pv-init reaches all of them; with one, those in it alone.
    private void SignalStrays(string? group, List<ProcessStat> outside, int signal)
    {
        if (group is not null)
        {
            outside.Where(process => IsStopped(process) == (signal == SIGCONT)).ToList().ForEach(process => tables.Signal(process, signal));
        }
    }

    private async Task SignalAsync(Child child, int signal)
    {
        Outcome<Unit> sent = await init.SignalAsync(child, signal, SignalScope.Tree, CancellationToken.None);
        if (!sent.Succeeded(out Fault? fault))
        {
            ProcessLog.SignalFailed(log, signal, child.Label, fault.Detail);
        }
    }
}
