namespace PvExec.Tasks.Core;

/// <summary>One scope of a set, and what is done with it.</summary>
/// <param name="Scope">The value of a <see cref="Kernel.ScopeName"/>.</param>
public readonly record struct ScopeClaim(string Scope, ScopeAccess Access)
{
    /// <summary>Such as <c>reads src</c>.</summary>
    public override string ToString() => (Access == ScopeAccess.Read ? "reads " : "writes ") + Scope;
}
