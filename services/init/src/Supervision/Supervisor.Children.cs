using PvExec.Init.Adapters;
using PvExec.Init.Children;
using PvExec.Init.Core;
using PvExec.Init.Native;
using PvExec.Kernel;
using PvExec.Linux;
using PvExec.Linux.Processes;
using PvExec.Proto.Init;

namespace PvExec.Init.Supervision;

/// <summary>The services' children: start, signals, ends.</summary>
internal sealed partial class Supervisor
{
    private void TakeEnded()
    {
        while (_reaper.TryTake(out ReapedProcess ended))
        {
            int pid = ended.Pid;
            if (IsInstance(ended))
            {
                continue;
            }

            ReapedProcess process = ended;
            ChildRecord? child = _children.End(pid, one => ToMessage(one, process), out ChildRecord? dropped);
            if (dropped is not null)
            {
                InitLog.ExitDropped(dropped.Label, ChildRegistry.MaxUnacknowledged);
            }

            if (child?.Exit is not null && Get(child.Owner).Line is { } line)
            {
                Reply(line, 0, child.Exit);
            }
        }
    }

    private static Exited ToMessage(ChildRecord child, in ReapedProcess process) => new(
        child.Id,
        process.Status.Code ?? -1,
        process.Status.Signal ?? 0,
        process.Status.CoreDumped,
        process.Usage.UserMicroseconds,
        process.Usage.SystemMicroseconds,
        process.Usage.MaxResidentBytes,
        process.EndedMicroseconds);

    private void Spawn(Line line, SupervisedService owner, in InitPacket packet)
    {
        if (!packet.TryRead(out Spawn spawn))
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

        int mapped = spawn.Targets.Count;
        var sources = new int[mapped];
        for (int i = 0; i < mapped; i++)
        {
            sources[i] = (int)_receiver.Descriptors[i].DangerousGetHandle();
        }

        ChildRecord? child = null;
        var plan = new SpawnPlan(spawn.Arguments, spawn.Environment, spawn.WorkingDirectory, sources, spawn.Targets, spawn.Grouping == 0, _childDescriptors);
        SpawnResult result = Start(plan, pid =>
        {
            child = new ChildRecord(
                _children.NextId(), pid, owner.Service, spawn, Clock.NowMicroseconds, PidFd.TryOpen(pid), [.. _receiver.Descriptors.Skip(mapped)]);
            _receiver.Descriptors.RemoveRange(mapped, _receiver.Descriptors.Count - mapped);
            _children.Add(child);
        });
        if (child is null)
        {
            Reply(line, packet.Correlation, new SpawnFailed(result.Stage.Name(), result.Errno));
        }
        else
        {
            Reply(line, packet.Correlation, new Spawned(child.Id, child.Pid, child.StartedMicroseconds));
        }
    }

    private void Signal(Line line, SupervisedService owner, in InitPacket packet)
    {
        if (!packet.TryRead(out Signal signal))
        {
            Malformed(line, "a Signal message that cannot be read");
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
        if (scope == 0 && child.PidFd is { } process)
        {
            return PidFd.Send(process, signal);
        }

        // While the gate is held the child stays in the process table, so its number means it and nobody else.
        lock (_reaper.Gate)
        {
            TakeEnded();
            bool lives = child.Exit is null;
            if (scope == 0)
            {
                return lives ? Signals.Kill(child.Pid, signal) : 0;
            }

            if (scope == 1 && lives)
            {
                return Signals.Kill(-child.Pid, signal);
            }

            if (scope == 1)
            {
                TreeSignal.Send(ProcessTree.Group(ProcessStat.ReadAll(), child.Pid, leaderLives: false), signal);
                return 0;
            }

            // A process that forks while the table is read may be missed: look again until nobody new is found.
            var seen = new HashSet<int>();
            for (int pass = 0; pass < 8; pass++)
            {
                List<ProcessStat> found = ProcessTree.Of(ProcessStat.ReadAll(), child.Pid, lives);
                found.RemoveAll(process => !seen.Add(process.Pid));
                if (found.Count == 0)
                {
                    return 0;
                }

                TreeSignal.Send(found, signal);
            }

            return 0;
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
            _children.Acknowledge(child);
        }
    }
}
