using PvExec.Linux.Ports;
using PvExec.Processes.Adapters;
using PvExec.Processes.Core.Lifecycle;
using PvExec.Processes.Core.Ports;

namespace PvExec.Processes.Engine;

/// <summary>What the watcher tells.</summary>
internal sealed partial class Keeper
{
    /// <summary>One run in the watcher's eyes: what is told of an earlier run is not mistaken for this one's.</summary>
    private sealed class WatchedRun(Keeper keeper, Run run) : IWatched
    {
        public int LeaderPid => run.Child.Pid;

        public IReadOnlyList<ulong> KnownSockets { get; } = [.. keeper._ports.Listeners.Select(listener => listener.Inode)];

        public TimeSpan? NextLook => keeper.NextLook(run);

        public void Listens(IReadOnlyList<ListeningEndpoint> listeners) => keeper.Listens(run, listeners);
    }

    private TimeSpan? NextLook(Run run)
    {
        lock (_lock)
        {
            return _run == run ? PollPace.Next(_phase, world.Clock.GetElapsedTime(_phaseSince)) : null;
        }
    }

    private void Listens(Run run, IReadOnlyList<ListeningEndpoint> listeners)
    {
        lock (_lock)
        {
            if (_run != run || _phase is not (ProcessPhase.Starting or ProcessPhase.Running))
            {
                return;
            }

            PortSet before = _ports;
            _ports = before.With(listeners);
            if (!_ports.Same(before))
            {
                if (_ports.Port == 0)
                {
                    ProcessLog.ListensNoMore(world.Log, name);
                }
                else if (_ports.Port != before.Port)
                {
                    ProcessLog.Listens(world.Log, name, _ports.Port);
                }

                Signal(_ports.Port == 0 ? ProcessSignal.PortGone : ProcessSignal.PortSeen);
            }

            _exposed?.Tick();
        }
    }
}
