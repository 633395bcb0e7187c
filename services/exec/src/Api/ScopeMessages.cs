using Google.Protobuf.WellKnownTypes;
using PvExec.Exec.Core.Scopes;
using V1 = PvExec.Api.V1;

namespace PvExec.Exec.Api;

/// <summary>Who holds and who waits for scopes, in the words of <c>pvexec.v1</c>.</summary>
internal static class ScopeMessages
{
    /// <summary>So many holders and as many waiters of a scope are listed.</summary>
    private const int MostUsers = 64;

    /// <summary>So many of those that a ticket waits for are named.</summary>
    private const int MostBlockers = 16;

    /// <summary>A message that has so much is sent: with the longest names one scope more stays far below what a message may hold.</summary>
    private const int EnoughBytes = 1024 * 1024;

    public static IEnumerable<V1.ScopesChanged> ToApi(ScopeNews news, ScopeLocks locks)
    {
        var message = new V1.ScopesChanged { IsAll = news.IsAll };
        int size = 0;
        foreach (string scope in news.Scopes)
        {
            if (size >= EnoughBytes)
            {
                message.GoesOn = true;
                yield return message;
                (message, size) = (new V1.ScopesChanged(), 0);
            }

            V1.ScopeUse use = ToApi(locks.UseOf(scope, MostUsers));
            message.Scopes.Add(use);
            size += use.CalculateSize();
        }

        message.GoesOn = news.GoesOn;
        yield return message;
    }

    /// <summary>What is told of somebody who waits.</summary>
    public static V1.Queued ToQueued(ScopeTicket ticket, DateTimeOffset requested) => new()
    {
        Requested = Timestamp.FromDateTimeOffset(requested),
        WaitsFor = { RunMessages.WaitsFor(ticket.WaitsFor(MostBlockers)) },
    };

    private static V1.ScopeUse ToApi(ScopeUse use) => new()
    {
        Scope = use.Scope,
        Holders = { use.Holders.Select(user => ToApi(use.Scope, user, holds: true)) },
        Waiters = { use.Waiters.Select(user => ToApi(use.Scope, user, holds: false)) },
        HolderCount = (uint)use.HolderCount,
        WaiterCount = (uint)use.WaiterCount,
    };

    private static V1.ScopeUser ToApi(string scope, ScopeUser user, bool holds) => new()
    {
        Scope = scope,
        Holder = user.Holder,
        Reason = user.Reason,
        Holds = holds,
        Writes = user.Access == ScopeAccess.Write,
        Since = Timestamp.FromDateTimeOffset(user.Since),
    };
}
