using Grpc.Core;
using PvExec.Cli.Output;
using V1 = PvExec.Api.V1;

namespace PvExec.Cli.Calls;

/// <summary>The scopes in use, as the daemon tells them, in the order of their names.</summary>
/// <param name="scope">Only that one, those in it and those that hold it; empty for all.</param>
internal sealed class WatchedScopes(V1.Tasks.TasksClient tasks, string scope, Target target, Surroundings surroundings)
{
    /// <summary>How often a terminal is redrawn though nothing changes: FOR does.</summary>
    private static readonly TimeSpan s_redraw = TimeSpan.FromSeconds(1);

    private readonly SortedDictionary<string, V1.ScopeUse> _inUse = new(StringComparer.Ordinal);

    /// <summary>Shows them once.</summary>
    public async Task<Ended> ShowAsync(bool json, CancellationToken cancellationToken)
    {
        using AsyncServerStreamingCall<V1.ScopesChanged> call = Open(cancellationToken);
        if (await NextAsync(call.ResponseStream, cancellationToken) is { } first)
        {
            Apply(first);
        }
        else
        {
            return Ended.Failed("the daemon told nothing of its scopes");
        }

        ScopePrinter.Print(Rows(), json, surroundings.Out);
        return Ended.Well;
    }

    /// <summary>Shows them, and again what changes, over broken connections too. Comes back only by an exception.</summary>
    public async Task<Ended> FollowAsync(bool json, CancellationToken cancellationToken)
    {
        await new StandingCall(target, surroundings).MakeAsync(answered => ListenAsync(answered, json, cancellationToken), cancellationToken);
        return Ended.Well;
    }

    private AsyncServerStreamingCall<V1.ScopesChanged> Open(CancellationToken cancellationToken) =>
        tasks.WatchScopes(new V1.WatchScopesRequest { Scope = scope }, cancellationToken: cancellationToken);

    /// <summary>To the end of one call.</summary>
    private async Task ListenAsync(Action answered, bool json, CancellationToken cancellationToken)
    {
        bool draws = surroundings.IsOutTerminal && !json;
        bool isTold = false;
        using AsyncServerStreamingCall<V1.ScopesChanged> call = Open(cancellationToken);
        Task<IReadOnlyList<V1.ScopesChanged>?> next = NextAsync(call.ResponseStream, cancellationToken);
        while (true)
        {
            if (draws)
            {
                await Task.WhenAny(next, Task.Delay(s_redraw, surroundings.Clock, cancellationToken));
            }

            // A cancelled pause is over at once, and the stream ends a little later: that is waited for.
            if (!draws || next.IsCompleted || cancellationToken.IsCancellationRequested)
            {
                if (await next is not { } told)
                {
                    return;
                }

                answered();
                IReadOnlySet<string> changed = Apply(told);
                isTold = true;
                if (!draws)
                {
                    PrintChanges(changed, json);
                }

                next = NextAsync(call.ResponseStream, cancellationToken);
            }

            if (draws && isTold)
            {
                ScopePrinter.Draw(Rows(), surroundings.Clock.GetUtcNow(), surroundings.Out);
            }
        }
    }

    private void PrintChanges(IReadOnlySet<string> changed, bool json)
    {
        DateTimeOffset now = surroundings.Clock.GetUtcNow();
        foreach (string scope in changed)
        {
            V1.ScopeUse use = _inUse.GetValueOrDefault(scope) ?? new V1.ScopeUse { Scope = scope };
            ScopePrinter.PrintChange(ScopeRow.From(use, now), now, json, surroundings.Out);
        }
    }

    private ScopeRow[] Rows()
    {
        DateTimeOffset now = surroundings.Clock.GetUtcNow();
        return [.. _inUse.Values.Select(use => ScopeRow.From(use, now))];
    }

    /// <returns>Messages that belong together; null at the end.</returns>
    private static async Task<IReadOnlyList<V1.ScopesChanged>?> NextAsync(IAsyncStreamReader<V1.ScopesChanged> stream, CancellationToken cancellationToken)
    {
        var messages = new List<V1.ScopesChanged>();
        while (await stream.MoveNext(cancellationToken))
        {
            messages.Add(stream.Current);
            if (!stream.Current.GoesOn)
            {
                return messages;
            }
        }

        return null;
    }

    /// <returns>The names of the scopes that were told, in order; of a listing, with which a new call begins, those that are used otherwise than before.</returns>
    private SortedSet<string> Apply(IReadOnlyList<V1.ScopesChanged> messages)
    {
        var before = new Dictionary<string, V1.ScopeUse>(_inUse);
        var told = new SortedSet<string>(messages.SelectMany(message => message.Scopes).Select(use => use.Scope), StringComparer.Ordinal);
        if (messages[0].IsAll)
        {
            told.UnionWith(_inUse.Keys);
            _inUse.Clear();
        }

        foreach (V1.ScopeUse use in messages.SelectMany(message => message.Scopes))
        {
            if (use.Holders.Count + use.Waiters.Count == 0)
            {
                _inUse.Remove(use.Scope);
            }
            else
            {
                _inUse[use.Scope] = use;
            }
        }

        if (messages[0].IsAll)
        {
            told.RemoveWhere(name => Users(before, name).SequenceEqual(Users(_inUse, name)));
        }

        return told;
    }

    /// <summary>Without since when: of who holds a scope over a restart of the daemon that is a little later afterwards.</summary>
    private static IEnumerable<(string Holder, string Reason, bool Holds, bool Writes)> Users(IReadOnlyDictionary<string, V1.ScopeUse> uses, string name) =>
        uses.TryGetValue(name, out V1.ScopeUse? use) ? use.Holders.Concat(use.Waiters).Select(user => (user.Holder, user.Reason, user.Holds, user.Writes)) : [];
}
