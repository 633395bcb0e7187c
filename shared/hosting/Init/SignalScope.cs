namespace PvExec.Hosting.Init;

/// <summary>Whom a signal goes to.</summary>
public enum SignalScope
{
    /// <summary>The child alone.</summary>
    Leader,

    /// <summary>The child's process group.</summary>
    Group,

    /// <summary>The child, its descendants and those of them that were reparented.</summary>
    Tree,
}
