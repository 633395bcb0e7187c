using PvExec.Exec.Core.Scopes;

namespace PvExec.Bench.Locks;

internal static class Scenarios
{
    private static readonly ScopeSet s_free = ScopeSet.From(["free"], ["free/one"]);
    private static readonly ScopeSet s_busy = ScopeSet.From([], ["busy"]);
    private static readonly ScopeSet s_deep = ScopeSet.From(["src/shared"], ["src/app/pages/home"]);
    private static readonly ScopeSet s_limited = ScopeSet.From([], [], new TaskLimit("/tasks/limited", 1));

    public static IReadOnlyList<Scenario> All { get; } =
    [
        new("Grants and releases", "wait in other queues", (locks, waiters) =>
        {
            ScopeSet[] other = [.. Enumerable.Range(0, 100).Select(i => ScopeSet.From([], [$"other/{i}"]))];
            foreach (ScopeSet scopes in other)
            {
                Ask(locks, scopes);
            }

            for (int i = 0; i < waiters; i++)
            {
                Ask(locks, other[i % other.Length]);
            }

            return () => Ask(locks, s_free).Release();
        }),
        new("Hand-overs of a scope", "wait for it", (locks, waiters) => HandOver(locks, waiters, s_busy)),
        new("Hand-overs of a scope four levels down", "wait for it", (locks, waiters) => HandOver(locks, waiters, s_deep)),
        new("Hand-overs of a task's only place", "wait for it", (locks, waiters) => HandOver(locks, waiters, s_limited)),
        new("Withdrawals from a queue", "wait in it", (locks, waiters) =>
        {
            HandOver(locks, waiters, s_busy);
            return () => Ask(locks, s_busy).TryWithdraw();
        }),
    ];

    /// <summary>As all callers do it: they look at once whether they have to wait.</summary>
    private static ScopeTicket Ask(ScopeLocks locks, ScopeSet scopes)
    {
        ScopeTicket ticket = locks.Request(scopes, "bench", "bench");
        _ = ticket.Granted;
        return ticket;
    }

    /// <summary>The holder releases and queues again at the end; the next one in line then holds.</summary>
    private static Action HandOver(ScopeLocks locks, int waiters, ScopeSet scopes)
    {
        var line = new Queue<ScopeTicket>(waiters + 1);
        for (int i = 0; i <= waiters; i++)
        {
            line.Enqueue(Ask(locks, scopes));
        }

        return () =>
        {
            line.Dequeue().Release();
            line.Enqueue(Ask(locks, scopes));
            if (!line.Peek().Granted.IsCompletedSuccessfully)
            {
                throw new InvalidOperationException("the next in line was not granted");
            }
        };
    }
}
