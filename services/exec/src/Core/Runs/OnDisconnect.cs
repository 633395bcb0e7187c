namespace PvExec.Exec.Core.Runs;

/// <summary>What becomes of a run when the last of its callers goes away before its end.</summary>
public enum OnDisconnect
{
    /// <summary>One that waits is withdrawn, one that has been started goes on.</summary>
    CancelWaiting,

    /// <summary>It is withdrawn or made to end.</summary>
    Cancel,

    /// <summary>It goes on in any case.</summary>
    GoOn,
}
