using PvExec.Init.Adapters;
using PvExec.Init.Children;
using PvExec.Init.Core;
using PvExec.Init.Native;
using PvExec.Kernel;
using PvExec.Linux.Events;
using PvExec.Linux.Sockets;
using PvExec.Proto.Init;

namespace PvExec.Init.Supervision;

/// <summary>The services' children: start and end.</summary>
internal sealed partial class Supervisor
{
    /// <summary>Milliseconds until the groups that were not free are looked at once more.</summary>
    private const long ReleaseAgain = 100;

    /// <summary>So many ends are dealt with before the others have their turn.</summary>
    private const int EndsATurn = 1024;

    private long _releaseAgainAt = long.MaxValue;

    /// <summary>Whether somebody who has ended may not have been taken yet, and is not told of again.</summary>
    private bool _areMoreEnded;

    /// <summary>Not yet told of in the log.</summary>
    private long _droppedExits;

    /// <summary>Deals with those that have ended, services' children, services and orphans: they come in one order, so that none waits for a pause of the others.</summary>
    private void TakeEnded()
    {
        _areMoreEnded = true; // should it fail in between
        for (int taken = 0; taken < EndsATurn; taken++)
        {
            if (!Reaper.TryTake(out ReapedProcess ended))
            {
                _areMoreEnded = false;
                break;
            }

            TakeEnded(ended);
        }

        TellDropped();
    }

    private void TakeEnded(in ReapedProcess ended)
    {
        if (IsInstance(ended))
        {
            return;
        }

        if (_children.TryGetLiving(ended.Pid, out ChildRecord? child))
        {
            ChildEnded(child, ended);
        }
        else if (_cgroups is { HasLingering: true })
        {
            // An orphan: it may have been the last of a child's group, which can look inhabited for a moment longer.
            _cgroups.ReleaseLingering();
            _releaseAgainAt = _cgroups.HasLingering ? Clock.Monotonic + ReleaseAgain : long.MaxValue;
        }
    }

    /// <summary>What pv-init says of itself. The bytes do not grow with starts, exits, signals and acknowledgements.</summary>
    private string OwnStatus() =>
        $"children running: {_children.LivingCount}, exits kept: {_children.EndedCount}, {GC.GetTotalAllocatedBytes(precise: true)} bytes allocated since the start";

    private void ChildEnded(ChildRecord child, in ReapedProcess process)
    {
        // First, as it must be known of an empty one that nobody has been killed in it since.
        bool isTreeGone = child.Group is { } own && !_cgroups!.IsPopulated(own);
        var exit = new Exited(
            child.Id,
            process.Status.Code ?? -1,
            process.Status.Signal ?? 0,
            process.Status.CoreDumped,
            process.Usage.UserMicroseconds,
            process.Usage.SystemMicroseconds,
            process.Usage.MaxResidentBytes,
            process.EndedMicroseconds)
        {
            StartedMicroseconds = child.StartedMicroseconds,
            OomKilled = child.Group is { } group && _cgroups!.WasOomKilled(group),
            MinorFaults = process.Usage.MinorFaults,
            MajorFaults = process.Usage.MajorFaults,
            BlocksRead = process.Usage.BlocksRead,
            BlocksWritten = process.Usage.BlocksWritten,
            VoluntarySwitches = process.Usage.VoluntarySwitches,
            InvoluntarySwitches = process.Usage.InvoluntarySwitches,
            Group = isTreeGone ? 0 : child.Group?.Number ?? 0,
        };
        ChildRecord? superfluous = _children.End(child, exit, Clock.Monotonic);
        if (Get(child.Owner).Line is { } line)
        {
            Reply(line, 0, exit);
        }

        if (isTreeGone)
        {
            // Kept no longer than it is of use: the next child may have it, however late the end is acknowledged.
            _cgroups!.ReleaseEmpty(child.TakeGroup(isEmpty: true)!, child.EndedAt - child.StartedAt);
        }

        if (superfluous is not null)
        {
            _droppedExits++;
            ReleaseCgroup(superfluous);
            _children.Drop(superfluous);
        }
    }

    /// <summary>Says how many exits were dropped, and tells their owners: at once, or when they connect.</summary>
    private void TellDropped()
    {
        if (_droppedExits > 0)
        {
            InitLog.ExitsDropped(_droppedExits, _children.MaxUnacknowledged);
            _droppedExits = 0;
            foreach (SupervisedService owner in _services)
            {
                if (owner.Line is { } line)
                {
                    TellDropped(line, owner);
                }
            }
        }
    }

    private void TellDropped(Line line, SupervisedService owner)
    {
        long dropped = _children.TakeDropped(owner.Service);
        if (dropped > 0)
        {
            Reply(line, 0, new ExitsDropped(dropped));
        }
    }

    private void Spawn(Line line, SupervisedService owner, in InitPacket packet)
    {
        if (!SpawnView.TryRead(packet, out SpawnView spawn))
        {
            Malformed(line, "a Spawn message that cannot be read");
            return;
        }

        string? problem = SpawnRules.Problem(spawn, _receiver.Descriptors.Count);
        if (problem is not null || (_step >= StopStep.Sweep && owner.Service != Service.Worktree))
        {
            Fault fault = problem is null
                ? new Fault(FaultKind.Unavailable, "the system stops: nothing is started any more")
                : new Fault(FaultKind.InvalidArgument, problem);
            Reply(line, packet.Correlation, new Failed((int)fault.Kind, fault.Detail));
            return;
        }

        ulong id = _children.NextId();
        ChildRecord child = _children.Rent();
        ChildGroup? group = spawn.OwnCgroup ? _cgroups?.Take() : null;
        SpawnResult result = default;
        bool isKept = false;
        try
        {
            int mapped = spawn.Targets.Count;
            result = _spawner.Start(spawn, _receiver.Descriptors.Numbers[..mapped], id, group?.Directory ?? -1);
            if (result.Stage == SpawnStage.Cgroup)
            {
                // Somebody has removed it, or has set something unseen: a new one is as it should be.
                _cgroups!.Release(group!);
                group = _cgroups.Make();
                result = _spawner.Start(spawn, _receiver.Descriptors.Numbers[..mapped], id, group?.Directory ?? -1);
            }

            if (result.Pid > 0)
            {
                child.Begin(id, result.Pid, owner.Service, Clock.NowMicroseconds, group, spawn, _receiver.Descriptors, mapped);
                _children.Add(child);
                isKept = true;
                ReadOnlySpan<int> pidFd = [result.PidFd];
                Reply(line, packet.Correlation, new Spawned(id, child.Pid, child.StartedMicroseconds) { Group = group?.Number ?? 0 }, pidFd[..(result.PidFd >= 0 ? 1 : 0)]);
            }
        }
        finally
        {
            if (result is { Pid: > 0, PidFd: >= 0 })
            {
                DescriptorBuffer.Close(result.PidFd);
            }

            if (!isKept && group is not null)
            {
                _cgroups!.Release(group);
            }

            if (result.Pid <= 0)
            {
                // One that was begun half-way is not used again: what it holds is not certain.
                _children.Return(child);
            }
        }

        if (!isKept)
        {
            Reply(line, packet.Correlation, new SpawnFailed(result.Stage.Name(), result.Errno));
        }
    }

    private void ReleaseCgroup(ChildRecord child)
    {
        if (child.TakeGroup(isEmpty: false) is { } group)
        {
            _cgroups!.Release(group);
        }
    }

    private void Acknowledge(Line line, SupervisedService owner, in InitPacket packet)
    {
        if (!packet.TryRead(out Acknowledge acknowledge))
        {
            Malformed(line, "an Acknowledge message that cannot be read");
        }
        else if (_children.TryGet(acknowledge.Child, out ChildRecord? child) && child.Owner == owner.Service)
        {
            if (child.Exit is not null)
            {
                ReleaseCgroup(child);
                _children.Acknowledge(child);
            }
        }
    }
}
