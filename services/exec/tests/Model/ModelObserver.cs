using System.Collections.Concurrent;
using PvExec.Exec.Core;
using PvExec.Exec.Core.Runs;
using PvExec.Exec.Core.Scopes;
using PvExec.Kernel;

namespace PvExec.Exec.Tests.Model;

/// <summary>What one instance tells; nothing once it has been killed.</summary>
internal sealed class ModelObserver(ModelOccupancy occupancy, ConcurrentDictionary<string, int> ends) : IExecObserver
{
    public const string LeaseReason = "a lease of the model";

    private volatile bool _isKilled;

    public void Started(Run run)
    {
    }

    public void Ended(Run run, ExitStatus status)
    {
        if (!_isKilled)
        {
            ends.AddOrUpdate(run.Id.Value, 1, (_, count) => count + 1);
        }
    }

    public void Held(ScopeTicket ticket)
    {
        if (ticket.Reason == LeaseReason && !_isKilled)
        {
            occupancy.Enter(ticket.Holder, new ModelScopes(Of(ticket, ScopeAccess.Read), Of(ticket, ScopeAccess.Write)));
        }
    }

    public void Freed(ScopeTicket ticket)
    {
        if (ticket.Reason == LeaseReason && !_isKilled)
        {
            occupancy.Leave(ticket.Holder);
        }
    }

    public void FreedUnseen(Run run)
    {
    }

    public void Kill() => _isKilled = true;

    private static string[] Of(ScopeTicket ticket, ScopeAccess access) =>
        [.. ticket.Scopes.Claims.Where(claim => claim.Access == access).Select(claim => claim.Scope)];
}
