using PvExec.Tasks.Core;

namespace PvExec.Exec.Core.Scopes;

/// <summary>Somebody that a ticket waits for.</summary>
/// <param name="Scopes">All that it holds or asks for.</param>
/// <param name="Where">The scope, or the directory of the task with a limit, at which the two meet.</param>
/// <param name="Writes">Whether it writes there, or something that lies in it.</param>
/// <param name="Holds">Whether it holds its locks; else it waits too, ahead.</param>
/// <param name="Since">When it was granted, or when it asked.</param>
public sealed record ScopeBlocker(string Holder, string Reason, ScopeSet Scopes, string Where, bool Writes, bool Holds, DateTimeOffset Since)
{
    /// <summary>They meet at the limit of a task's runs, and not at a scope.</summary>
    public bool IsLimit { get; init; }

    /// <summary>All that the ticket asks for.</summary>
    public required ScopeSet Wanted { get; init; }

    /// <summary>What each of the two asks for there; null where they meet at a limit.</summary>
    public ScopeMeeting? Meeting => IsLimit ? null : ScopeMeeting.Of(Wanted, Scopes, Where);
}
