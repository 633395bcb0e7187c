using PvExec.Init.Children;
using PvExec.Kernel;
using PvExec.Linux;
using PvExec.Linux.Processes;
using PvExec.Proto.Init;

namespace PvExec.Init.Supervision;

/// <summary>Signals to the services' children: to one, its group or its tree.</summary>
internal sealed partial class Supervisor
{
    private void Signal(Line line, SupervisedService owner, in InitPacket packet)
    {
        if (!packet.TryRead(out Signal signal))
        {
            Malformed(line, "a Signal message that cannot be read");
            return;
        }

        if (signal is { Number: 0, Scope: 2 })
        {
            // As with kill(2), nothing is sent, and the answer says whether there is anybody to send it to.
            bool isLeft = _children.TryGet(signal.Child, out ChildRecord? asked) && asked.Owner == owner.Service && IsTreeLeft(asked);
            if (isLeft)
            {
                Reply(line, packet.Correlation, new Done());
            }
            else
            {
                Reply(line, packet.Correlation, new Failed((int)FaultKind.NotFound, $"nobody is left of the tree of child {signal.Child}"));
            }

            return;
        }

        if (signal.Number is < 1 or > Signals.Last || signal.Scope is < 0 or > 2)
        {
            Reply(line, packet.Correlation, new Failed((int)FaultKind.InvalidArgument, $"{signal.Number} is no signal, or {signal.Scope} no scope"));
            return;
        }

        int errno = _children.TryGet(signal.Child, out ChildRecord? child) && child.Owner == owner.Service
            ? Send(child, signal.Number, signal.Scope)
            : 0;
        if (errno is 0 or Errno.ESRCH)
        {
            Reply(line, packet.Correlation, new Done());
        }
        else
        {
            Reply(line, packet.Correlation, new Failed((int)FaultKind.Internal, $"signal {signal.Number} to '{child!.Label}': {Errno.Describe(errno)}"));
        }
    }

    /// <returns>0, or the errno.</returns>
    private int Send(ChildRecord child, int signal, int scope)
    {
        if (scope == 2 && child.HasCgroup)
        {
            TreeSignal.SendToGroup(_cgroups!, child.Id, signal);
            return 0;
        }

        bool toLeader = scope == 0 || (scope == 1 && !child.LeadsGroup);
        if (toLeader && !child.PidFd.IsEmpty)
        {
            return PidFd.Send(child.PidFd[0], signal);
        }

        // While the gate is held the child stays in the process table, so its number means it and nobody else.
        lock (_reaper.Gate)
        {
            TakeEnded();
            bool lives = child.Exit is null;
            if (toLeader || scope == 1)
            {
                return lives ? Signals.Kill(toLeader ? child.Pid : -child.Pid, signal) : toLeader ? 0 : SendToGroup(child, signal);
            }

            SendToTree(child, signal, lives);
            return 0;
        }
    }

    /// <summary>Whether anybody of a child's tree still runs. A process that is forking just then may be missed where there are no cgroups.</summary>
    private bool IsTreeLeft(ChildRecord child)
    {
        if (child.HasCgroup)
        {
            return child.Exit is null || _cgroups!.IsPopulated(child.Id);
        }

        ulong? mark = _childDefaults.Mark?.Of(child.Id);
        lock (_reaper.Gate)
        {
            TakeEnded();
            return child.Exit is null
                || ProcessTree.Of(ProcessStat.ReadAll(), child.Pid, leaderLives: false, pid => mark is { } value && ProcessLimits.FileLocks(pid) == value).Count > 0;
        }
    }

    private static int SendToGroup(ChildRecord ended, int signal)
    {
        TreeSignal.Send(ProcessTree.Group(ProcessStat.ReadAll(), ended.Pid, leaderLives: false), signal);
        return 0;
    }

    private void SendToTree(ChildRecord child, int signal, bool lives)
    {
        ulong? mark = _childDefaults.Mark?.Of(child.Id);

        // A process that forks while the table is read may be missed: look again until nobody new is found.
        var seen = new HashSet<int>();
        for (int pass = 0; pass < 8; pass++)
        {
            IReadOnlyList<ProcessStat> all = ProcessStat.ReadAll();
            List<ProcessStat> found = ProcessTree.Of(all, child.Pid, lives, pid => mark is { } value && ProcessLimits.FileLocks(pid) == value);
            found.RemoveAll(process => !seen.Add(process.Pid));
            if (found.Count == 0)
            {
                return;
            }

            TreeSignal.Send(found, signal);
        }
    }
}
