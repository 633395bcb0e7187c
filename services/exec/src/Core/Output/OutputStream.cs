namespace PvExec.Exec.Core.Output;

/// <summary>Where a run's process wrote.</summary>
public enum OutputStream
{
    /// <summary>The result.</summary>
    Standard,

    /// <summary>What it says about its work.</summary>
    Error,
}
