using PvExec.Exec.Core.Scopes;

namespace PvExec.Exec.Tests.Core.Scopes;

/// <summary>What the reference knows of a ticket: the older ones that it may not be in with.</summary>
internal sealed class ReferenceTicket(ScopeTicket real, List<ReferenceTicket> conflicting)
{
    public ScopeTicket Real { get; } = real;

    public bool IsGone { get; set; }

    /// <summary>Older, there when this one came, and in conflict.</summary>
    public List<ReferenceTicket> Conflicting { get; } = conflicting;

    public bool HasSlot { get; set; } = true;

    public bool MustHold => HasSlot && !Conflicting.Exists(older => !older.IsGone);
}
