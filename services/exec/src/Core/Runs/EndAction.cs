namespace PvExec.Exec.Core.Runs;

/// <summary>What is to be done to the processes of a run, and all their descendants.</summary>
public enum EndAction
{
    None,

    /// <summary>Send TERM, and count the grace. What came first is the reason for the end.</summary>
    Terminate,

    /// <summary>Send KILL.</summary>
    Kill,
}
