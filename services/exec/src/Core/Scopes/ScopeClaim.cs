namespace PvExec.Exec.Core.Scopes;

/// <summary>One scope of a set, and what is done with it.</summary>
/// <param name="Scope">Its name: what the files <c>input_scopes</c> and <c>output_scopes</c> hold, compared byte by byte.</param>
public readonly record struct ScopeClaim(string Scope, ScopeAccess Access);
