namespace PvExec.Exec.Core.Runs;

/// <summary>What happens to a run.</summary>
public enum RunSignal
{
    /// <summary>All its locks are held.</summary>
    LocksGranted,

    /// <summary>Its caller has gone, or the system stops.</summary>
    Withdraw,

    /// <summary>Its processes run.</summary>
    Started,

    /// <summary>They could not be started.</summary>
    StartFailed,

    /// <summary>All its processes have ended, whether or not their descendants live on.</summary>
    ProcessesEnded,

    /// <summary>As <see cref="ProcessesEnded"/>, of a task that has a <c>finish</c>.</summary>
    ProcessesEndedFinishNext,

    /// <summary><c>finish</c> has ended, however, or could not be started.</summary>
    FinishEnded,

    /// <summary>All that its processes wrote has been read.</summary>
    OutputRead,
}
