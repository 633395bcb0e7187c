namespace PvExec.Tasks.Core;

/// <summary>What a holder does with a scope.</summary>
public enum ScopeAccess
{
    /// <summary>Together with other readers.</summary>
    Read,

    /// <summary>Alone.</summary>
    Write,
}
