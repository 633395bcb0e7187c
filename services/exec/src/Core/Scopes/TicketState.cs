namespace PvExec.Exec.Core.Scopes;

internal enum TicketState
{
    Waiting,
    Held,
    Released,
}
