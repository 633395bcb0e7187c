using PvExec.Contract;
using static PvExec.Processes.Core.Lifecycle.ProcessAction;
using static PvExec.Processes.Core.Lifecycle.ProcessPhase;

namespace PvExec.Processes.Core.Lifecycle;

/// <summary>The life of one name. Calls for a name are serialised by the caller; ports and exits come whenever they like.</summary>
public static class ProcessMachine
{
    public static (ProcessPhase Next, ProcessAction Action) Next(ProcessPhase phase, ProcessSignal signal) => (phase, signal) switch
    {
        (NotRunning, ProcessSignal.Enable) => (Starting, Spawn),
        (NotRunning, ProcessSignal.Restart) => (NotRunning, Refuse),
        (NotRunning, _) => (NotRunning, None),

        (Starting, ProcessSignal.Enable) => (Starting, None),
        // A restart closes the exposed port: the new command may want to listen on that very port.
        (Starting, ProcessSignal.Restart) => (Stopping, EndTreeAndHide),
        (Starting, ProcessSignal.Disable) => (Stopping, EndTreeAndHide),
        (Starting, ProcessSignal.SpawnFailed) => (Finished, Hide),
        (Starting, ProcessSignal.PortSeen) => (Running, Expose),
        (Starting, ProcessSignal.PortGone) => (Starting, None),
        (Starting, ProcessSignal.Exited) => (Finished, Hide),

        (Running, ProcessSignal.Enable) => (Running, None),
        (Running, ProcessSignal.Restart) => (Stopping, EndTreeAndHide),
        (Running, ProcessSignal.Disable) => (Stopping, EndTreeAndHide),
        (Running, ProcessSignal.SpawnFailed) => (Running, None),
        (Running, ProcessSignal.PortSeen) => (Running, Expose),
        (Running, ProcessSignal.PortGone) => (Starting, Hold),
        (Running, ProcessSignal.Exited) => (Finished, Hide),

        // A port that a dying tree opens or closes means nothing; whoever stops it goes on after the exit.
        (Stopping, ProcessSignal.Enable) => (Stopping, Refuse),
        (Stopping, ProcessSignal.Restart) => (Stopping, Refuse),
        (Stopping, ProcessSignal.Disable) => (Stopping, EndTreeAndHide),
        (Stopping, ProcessSignal.Exited) => (Finished, None),
        (Stopping, _) => (Stopping, None),

        // Enabling again does not run it again: a repeated call must not repeat a command that has done its work.
        (Finished, ProcessSignal.Restart) => (Starting, Spawn),
        (Finished, ProcessSignal.Disable) => (NotRunning, Forget),
        (Finished, _) => (Finished, None),

        _ => throw new ArgumentOutOfRangeException(nameof(phase), phase, null),
    };

    /// <summary>What the contract calls it. A process that is being ended is alive and not to be reached, as one that starts.</summary>
    public static ProcessState Reported(ProcessPhase phase) => phase switch
    {
        NotRunning => ProcessState.NotRunning,
        Starting or Stopping => ProcessState.Starting,
        Running => ProcessState.Running,
        Finished => ProcessState.Finished,
        _ => throw new ArgumentOutOfRangeException(nameof(phase), phase, null),
    };
}
