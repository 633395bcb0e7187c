using PvExec.Init.Adapters;
using PvExec.Init.Children;
using PvExec.Kernel;
using PvExec.Linux;
using PvExec.Linux.Processes;
using PvExec.Proto.Init;

namespace PvExec.Init.Supervision;

/// <summary>Signals to the services' children: to one, its group or its tree.</summary>
internal sealed partial class Supervisor
{
    /// <summary>A listing of the process table is good for so many milliseconds for whoever asks who is left of a tree: many ask at a time.</summary>
    private const long LookGoodFor = 20;

    private const string NobodyLeft = "nobody is left of the child's tree";

    private readonly TreeSignal _trees = new();

    /// <summary>When the process table was listed last for such a question, by <see cref="Clock.Monotonic"/>.</summary>
    private long _lookedAt = long.MinValue / 2;

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
                Reply(line, packet.Correlation, new Failed((int)FaultKind.NotFound, NobodyLeft));
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
        int pid = child.Pid;
        if (scope == 2)
        {
            if (child.Group is { } group)
            {
                _trees.SendToGroup(_cgroups!, group, signal);
            }
            else if (!child.IsTreeGone)
            {
                SendToTree(child, signal);
            }

            return 0;
        }

        // As long as it has not been reaped the child stays in the process table: its number means it and nobody else.
        bool toLeader = scope == 0 || !child.LeadsGroup;
        if (child.Exit is null)
        {
            return Signals.Kill(toLeader ? pid : -pid, signal);
        }

        if (!toLeader)
        {
            Look();
            _trees.Send(_trees.Table.Group(pid, leaderLives: false), signal);
        }

        return 0;
    }

    /// <summary>Whether anybody of a child's tree still runs. A process that is forking just then may be missed where there are no cgroups.</summary>
    private bool IsTreeLeft(ChildRecord child)
    {
        (ulong id, int pid) = (child.Id, child.Pid);
        if (Lives(child, id))
        {
            return true;
        }

        if (child.Id != id)
        {
            return false; // forgotten just now: its number is not known any more
        }

        if (child.IsTreeGone || child.Group is not null)
        {
            return child.Group is { } group && _cgroups!.IsPopulated(group);
        }

        // Nobody comes into a tree that nobody is in: a listing from after the child's end counts when it shows none. It counts as
        // well when somebody whom it shows is still there.
        ulong? mark = _childDefaults.Mark?.Of(id);
        if (Clock.Monotonic - _lookedAt < LookGoodFor && _lookedAt > child.EndedAt)
        {
            ReadOnlySpan<ProcessStat> found = _trees.Table.Tree(pid, leaderLives: false, mark);
            if (found.IsEmpty || TreeSignal.IsAnyThere(found))
            {
                return !found.IsEmpty;
            }
        }

        Look();
        return !_trees.Table.Tree(pid, leaderLives: false, mark).IsEmpty;
    }

    /// <summary>Lists the process table. What it shows counts as looked at only if that did not fail.</summary>
    private void Look()
    {
        _lookedAt = long.MinValue / 2;
        long began = Clock.Monotonic;
        _trees.Look();
        _lookedAt = began;
    }

    /// <summary>Whether a child has not been reaped. Its record may be nobody's afterwards, when too many exits are kept.</summary>
    /// <param name="id">The child's, from before.</param>
    private bool Lives(ChildRecord child, ulong id)
    {
        TakeEnded();
        return child.Id == id && child.Exit is null;
    }

    /// <summary>A child that ends while the process table is read is not reaped meanwhile: its number in the listing means it.</summary>
    private void SendToTree(ChildRecord child, int signal)
    {
        (ulong id, int pid) = (child.Id, child.Pid);
        ulong? mark = _childDefaults.Mark?.Of(id);
        _trees.Begin();
        for (int pass = 0; pass < TreeSignal.Passes; pass++)
        {
            bool lives = Lives(child, id);
            Look();
            _trees.SendToNew(_trees.Table.Tree(pid, lives, mark), signal, out bool isAnyNew);
            if (!isAnyNew)
            {
                return;
            }
        }
    }
}
