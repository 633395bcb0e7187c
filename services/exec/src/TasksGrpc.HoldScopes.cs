using Google.Protobuf.WellKnownTypes;
using Grpc.Core;
using PvExec.Exec.Api;
using PvExec.Exec.Core.Scopes;
using PvExec.Exec.Holds;
using PvExec.Exec.Succession;
using PvExec.Kernel;
using V1 = PvExec.Api.V1;

namespace PvExec.Exec;

/// <content>Scopes that are held as long as a stream is open.</content>
public sealed partial class TasksGrpc
{
    /// <summary>So many are named to whom the time to wait was too short.</summary>
    private const int MostBlockersNamed = 8;

    public override async Task HoldScopes(V1.HoldScopesRequest request, IServerStreamWriter<V1.HoldScopesEvent> responseStream, ServerCallContext context)
    {
        HoldTerms terms = HoldTerms.Parse(request).Value;
        string? id = context.RequestHeaders.GetValue(NextInstance.HoldIdHeader);
        ScopeHold hold = (id is null ? holds.Ask(terms.Scopes, terms.Holder, terms.Reason) : holds.Resume(id)).Value;
        bool isTold;
        await using var caller = new PatientWriter<V1.HoldScopesEvent>(responseStream, context.CancellationToken);
        try
        {
            isTold = await HoldAsync(hold, terms, caller, context.CancellationToken);
        }
        catch
        {
            if (!holds.End(hold))
            {
                await next.IsThere;
                await next.EndHoldAsync(request, hold.Id);
            }

            throw;
        }

        await HoldThereAsync(hold, request, isTold, caller, context.CancellationToken);
    }

    /// <summary>Returns when the next instance has the hold: whether the caller knows that it is held.</summary>
    /// <exception cref="FaultException">A time is over, or the system stops.</exception>
    private async Task<bool> HoldAsync(
        ScopeHold hold, HoldTerms terms, PatientWriter<V1.HoldScopesEvent> caller, CancellationToken cancellationToken)
    {
        if (!await WaitAsync(hold, terms, caller, cancellationToken))
        {
            return false;
        }

        if (!holds.TellHeld(hold))
        {
            await next.IsThere.WaitAsync(cancellationToken);
            return false;
        }

        DateTimeOffset since = hold.Ticket.HeldSince;
        var held = new V1.HoldScopesEvent { Held = new V1.ScopesHeld { Since = Timestamp.FromDateTimeOffset(since) } };
        await TellAsync(held, holds.Stopping, LeftOf(terms.HoldLimit, since), caller, cancellationToken);
        while (LeftOf(terms.HoldLimit, since) is var left && left != TimeSpan.Zero)
        {
            Task sooner = Task.WhenAny(next.IsThere, holds.Stopping);
            await sooner.WaitAsync(left, time, cancellationToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            if (IsElsewhere(cancellationToken))
            {
                return true;
            }
        }

        throw new FaultException(new Fault(
            FaultKind.DeadlineExceeded, $"{Quoted.Of(terms.Holder)} held its scopes ({terms.Scopes}) for {terms.HoldLimit}, as asked: they are free now"));
    }

    /// <returns>False when the next instance has to be asked.</returns>
    private async Task<bool> WaitAsync(
        ScopeHold hold, HoldTerms terms, PatientWriter<V1.HoldScopesEvent> caller, CancellationToken cancellationToken)
    {
        V1.Queued? told = null;
        while (!hold.Ticket.Granted.IsCompleted)
        {
            TimeSpan left = LeftOf(terms.WaitLimit, hold.Requested);
            if (left == TimeSpan.Zero)
            {
                throw new FaultException(TooLate(hold, terms));
            }

            V1.Queued queued = ScopeMessages.ToQueued(hold.Ticket, hold.Requested);
            if (caller.IsIdle && !queued.Equals(told) && !hold.Ticket.Granted.IsCompleted)
            {
                told = queued;
                await TellAsync(new V1.HoldScopesEvent { Queued = queued }, hold.Ticket.Granted, left, caller, cancellationToken);
                left = LeftOf(terms.WaitLimit, hold.Requested);
            }

            TimeSpan pause = left == Timeout.InfiniteTimeSpan || left > options.HoldLookAgain ? options.HoldLookAgain : left;
            Task sooner = Task.WhenAny(hold.Ticket.Granted, next.IsThere, holds.Stopping);
            await sooner.WaitAsync(pause, time, cancellationToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            if (IsElsewhere(cancellationToken))
            {
                return false;
            }
        }

        return true;
    }

    /// <summary>
    /// Returns when the event is written, and before that when the time is up, the system stops, the next instance has to be asked or there is
    /// other news: a caller that does not read must not keep these from being looked at.
    /// </summary>
    private async Task TellAsync(V1.HoldScopesEvent told, Task news, TimeSpan left, PatientWriter<V1.HoldScopesEvent> caller, CancellationToken cancellationToken)
    {
        Task written = caller.TellAsync(told);
        Task sooner = Task.WhenAny(written, news, next.IsThere, holds.Stopping);
        await sooner.WaitAsync(left, time, cancellationToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        if (written.IsCompleted)
        {
            await written;
        }
    }

    private async Task HoldThereAsync(
        ScopeHold hold, V1.HoldScopesRequest request, bool isTold, PatientWriter<V1.HoldScopesEvent> caller, CancellationToken cancellationToken)
    {
        bool isBound = false;
        try
        {
            await foreach (V1.HoldScopesEvent told in next.FollowHoldAsync(request, hold.Id, cancellationToken))
            {
                isBound = true;
                bool isHeld = told.EventCase == V1.HoldScopesEvent.EventOneofCase.Held;
                if (!isHeld || !isTold)
                {
                    isTold |= isHeld;
                    await caller.TellAsync(told);
                }
            }
        }
        catch (RpcException e) when (!cancellationToken.IsCancellationRequested && IsLost(e))
        {
            throw new FaultException(ScopeHolds.LostFault(), e);
        }
        catch (OperationCanceledException) when (!isBound)
        {
            await next.EndHoldAsync(request, hold.Id);
            throw;
        }

        throw new FaultException(ScopeHolds.LostFault());
    }

    /// <summary>What the next instance says of a hold's end is passed on; that it is gone itself, or knows nothing of it, is not its caller's fault.</summary>
    private static bool IsLost(RpcException e) => e.StatusCode != StatusCode.DeadlineExceeded && e.Status.Detail != ScopeHolds.StopFault().Detail;

    /// <returns>Whether the next instance has to be asked.</returns>
    /// <exception cref="FaultException">The system stops.</exception>
    private bool IsElsewhere(CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        return holds.Stopping.IsCompleted ? throw new FaultException(ScopeHolds.StopFault()) : next.IsThere.IsCompleted;
    }

    private TimeSpan LeftOf(TimeSpan? limit, DateTimeOffset since)
    {
        if (limit is not { } all)
        {
            return Timeout.InfiniteTimeSpan;
        }

        TimeSpan left = all - (time.GetUtcNow() - since);
        return left > TimeSpan.Zero ? left : TimeSpan.Zero;
    }

    private static Fault TooLate(ScopeHold hold, HoldTerms terms)
    {
        IReadOnlyList<ScopeBlocker> blockers = hold.Ticket.WaitsFor(MostBlockersNamed);
        string who = string.Join(", ", blockers.Select(one => $"{one.Where} {(one.Holds ? "is held by" : "is waited for by")} {Quoted.Of(one.Holder)} ({one.Reason}) since {one.Since:yyyy-MM-dd HH:mm:ss}Z"));
        return new Fault(
            FaultKind.DeadlineExceeded,
            $"{Quoted.Of(terms.Holder)} did not get its scopes ({terms.Scopes}) within {terms.WaitLimit}: {(who.Length > 0 ? who : "they have just become free: ask again")}");
    }
}
