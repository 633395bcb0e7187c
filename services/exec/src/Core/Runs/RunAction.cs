namespace PvExec.Exec.Core.Runs;

/// <summary>What is to be done when a run has changed its state.</summary>
public enum RunAction
{
    None,

    /// <summary>Leave the queues of the locks; the run has no result.</summary>
    LeaveQueues,

    /// <summary>Start the processes.</summary>
    Start,

    /// <summary>Release the locks and answer with the fault.</summary>
    ReleaseAndFail,

    /// <summary>Start <c>finish</c> with <see cref="RunFinish.Arguments"/>.</summary>
    StartFinish,

    /// <summary>Release the locks, then read the rest of the output.</summary>
    ReleaseAndDrain,

    /// <summary>Answer with the result.</summary>
    Complete,
}
