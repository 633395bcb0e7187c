using System.Security.Cryptography;
using Microsoft.Extensions.Logging;
using PvExec.Exec.Core;
using PvExec.Exec.Core.Scopes;
using PvExec.Exec.Engine;
using PvExec.Hosting.Succession;
using PvExec.Kernel;

namespace PvExec.Exec.Holds;

/// <summary>Locks for clients: each belongs to a stream and ends with it. They queue with the tasks and with the leases of other services.</summary>
public sealed partial class ScopeHolds(
    LockOrder locks, DecisionGate gate, ExecOptions options, TimeProvider time, IExecObserver observer, ILogger<ScopeHolds> log)
{
    private const int IdBytes = 16;

    private readonly TaskCompletionSource _stopping = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>Guards the holds and what they say is guarded by it. The locks' own lock is taken under it.</summary>
    private readonly Lock _lock = new();

    private readonly Dictionary<string, ScopeHold> _holds = new(StringComparer.Ordinal);

    /// <summary>Completes when the system stops: every stream has to end.</summary>
    public Task Stopping => _stopping.Task;

    /// <summary>How many there are, those that wait included.</summary>
    public int Count
    {
        get
        {
            lock (_lock)
            {
                return _holds.Count;
            }
        }
    }

    /// <summary>Asks for locks.</summary>
    /// <exception cref="HandedOverException">A new instance of this service has to be asked.</exception>
    public Outcome<ScopeHold> Ask(ScopeSet scopes, string holder, string reason) => Decide<Outcome<ScopeHold>>(() =>
    {
        if (_stopping.Task.IsCompleted)
        {
            return StopFault();
        }

        lock (_lock)
        {
            if (_holds.Count >= options.MaxHolds)
            {
                return new Fault(
                    FaultKind.ResourceExhausted, $"{_holds.Count} streams hold scopes or wait for them, the most there may be: end some, or ask again later");
            }

            (ScopeTicket ticket, long order) = locks.Request(scopes, holder, reason);
            var hold = new ScopeHold(Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(IdBytes)), ticket, order, ticket.Requested);
            _holds.Add(hold.Id, hold);
            return hold;
        }
    });

    /// <summary>Says that its locks are held, once they are granted. A second call does nothing.</summary>
    /// <returns>False when a new instance of this service decides.</returns>
    public bool TellHeld(ScopeHold hold) => TryDecide(() =>
    {
        bool isNews;
        lock (_lock)
        {
            isNews = !hold.IsTold && _holds.ContainsKey(hold.Id);
            hold.IsTold = true;
        }

        if (isNews)
        {
            observer.Held(hold.Ticket);
        }
    });

    /// <summary>Gives the locks back, or leaves the queues. A second call does nothing.</summary>
    /// <returns>False when a new instance of this service has it.</returns>
    public bool End(ScopeHold hold) => TryDecide(() => Remove(hold, _ => true));

    /// <summary>Ends every stream, since the system stops; none is let in any more.</summary>
    public void Stop() => _stopping.TrySetResult();

    public static Fault StopFault() => new(FaultKind.Unavailable, "the system is stopping: no scopes are held any more");

    /// <param name="mayEnd">Asked under the lock.</param>
    private bool Remove(ScopeHold hold, Predicate<ScopeHold> mayEnd)
    {
        bool isTold;
        lock (_lock)
        {
            if (!mayEnd(hold) || !_holds.Remove(hold.Id))
            {
                return false;
            }

            isTold = hold.IsTold;
            hold.Expiry?.Dispose();
        }

        if (isTold)
        {
            observer.Freed(hold.Ticket);
        }

        hold.Ticket.Release();
        return true;
    }

    private T Decide<T>(Func<T> decision)
    {
        if (!gate.TryEnter())
        {
            throw new HandedOverException();
        }

        try
        {
            return decision();
        }
        finally
        {
            gate.Leave();
        }
    }

    private bool TryDecide(Action decision)
    {
        if (!gate.TryEnter())
        {
            return false;
        }

        try
        {
            decision();
            return true;
        }
        finally
        {
            gate.Leave();
        }
    }
}
