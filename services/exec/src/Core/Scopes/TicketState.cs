namespace PvExec.Exec.Core.Scopes;

internal enum TicketState
{
    Waiting,
    Held,

    /// <summary>Was held.</summary>
    Released,

    /// <summary>Was never held.</summary>
    Withdrawn,
}
