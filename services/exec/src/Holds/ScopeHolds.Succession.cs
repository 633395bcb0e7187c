using PvExec.Exec.Core.Scopes;
using PvExec.Hosting.Succession;
using PvExec.Kernel;

namespace PvExec.Exec.Holds;

/// <content>One instance of this service takes the place of another: the streams stay open there, and come here for their locks.</content>
public sealed partial class ScopeHolds
{
    /// <summary>How many of them have come from the instance before, and their streams have not.</summary>
    public int Unclaimed
    {
        get
        {
            lock (_lock)
            {
                return _holds.Values.Count(hold => hold.Expiry is not null);
            }
        }
    }

    /// <summary>All holds, for the next instance. Call it when the gate is closed.</summary>
    public IReadOnlyList<HandedHold> Handed()
    {
        lock (_lock)
        {
            return
            [
                .. from hold in _holds.Values
                   let ticket = hold.Ticket
                   orderby hold.Order
                   select new HandedHold(
                       hold.Order, hold.Id, ticket.IsHeld, hold.IsTold, ticket.Holder, ticket.Reason, ticket.Scopes, hold.Requested,
                       ticket.IsHeld ? ticket.HeldSince : hold.Requested),
            ];
        }
    }

    /// <summary>Holds or asks for what the instance before did, for a time in which its stream is to come. Those that are held come first.</summary>
    public void Restore(HandedHold handed)
    {
        (ScopeTicket ticket, long order) = locks.Request(handed.Scopes, handed.Holder, handed.Reason, handed.Since);
        var hold = new ScopeHold(handed.Id, ticket, order, handed.Requested) { IsTold = handed.IsTold };
        lock (_lock)
        {
            _holds.Add(hold.Id, hold);
            hold.Expiry = time.CreateTimer(_ => TryDecide(() => Expire(hold)), null, options.HoldReturnTime, Timeout.InfiniteTimeSpan);
        }
    }

    /// <summary>A stream of the instance before comes for its hold.</summary>
    /// <returns>NotFound when that has ended.</returns>
    /// <exception cref="HandedOverException">A new instance of this service has to be asked.</exception>
    public Outcome<ScopeHold> Resume(string id) => Decide<Outcome<ScopeHold>>(() =>
    {
        if (_stopping.Task.IsCompleted)
        {
            return StopFault();
        }

        lock (_lock)
        {
            if (!_holds.TryGetValue(id, out ScopeHold? hold) || hold.Expiry is null)
            {
                return new Fault(FaultKind.NotFound, $"no stream holds scopes as {id}: it has ended");
            }

            hold.Expiry.Dispose();
            hold.Expiry = null;
            return hold;
        }
    });

    /// <summary>For a stream that has lost its hold.</summary>
    public static Fault LostFault() => new(FaultKind.Unavailable, "pv-exec was restarted and the scopes are no longer held: ask for them again");

    /// <summary>Unless its stream came just now.</summary>
    private void Expire(ScopeHold hold)
    {
        if (Remove(hold, one => one.Expiry is not null))
        {
            ExecLog.HoldNotClaimed(log, hold.Ticket.Holder, hold.Ticket.Reason, hold.Ticket.Scopes.ToString(), options.HoldReturnTime.TotalSeconds);
        }
    }
}
