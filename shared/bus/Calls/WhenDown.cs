namespace PvExec.Bus.Calls;

/// <summary>What becomes of a call when the other service is not there, or goes away before it has answered.</summary>
public enum WhenDown
{
    /// <summary>It fails with Unavailable at once: it may or may not have been carried out.</summary>
    Fail,

    /// <summary>It waits for the service and is sent again; only for calls that are safe to repeat.</summary>
    Wait,
}
