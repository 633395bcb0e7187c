using PvExec.Exec.Core.Scopes;
using PvExec.Tasks.Core;

namespace PvExec.Exec.Tests.Core.Scopes;

/// <summary>What a decision costs, in steps: the same however many wait, in its own queues or in others.</summary>
public sealed class LockStepsTests
{
    private const int Few = 10;
    private const int Many = 100_000;

    private static readonly ScopeSet s_deep = ScopeSet.From(["src/shared"], ["src/app/pages/home"]);
    private static readonly ScopeSet s_limited = ScopeSet.From([], [], new TaskLimit("/tasks/limited", 1));

    public static TheoryData<string> Queues => ["others", "others of the same parent", "the same, for one scope", "the same, four levels down", "the same, for a task's only place", "the same, as readers behind a writer"];

    [Theory]
    [MemberData(nameof(Queues))]
    public void A_decision_takes_as_many_steps_with_a_hundred_thousand_waiters_as_with_ten(string where)
    {
        long[] few = StepsOf(where, Few), many = StepsOf(where, Many);
        Assert.Equal(few, many);
        Assert.DoesNotContain(0, few);
    }

    [Fact]
    public void It_takes_a_fixed_number_for_each_scope()
    {
        long[] steps = [.. Enumerable.Range(1, 5).Select(scopes => StepsOf(ScopeSet.From([], [.. Enumerable.Range(0, scopes).Select(i => $"s{i}")])))];
        Assert.All(steps.Zip(steps.Skip(1)), pair => Assert.Equal(steps[1] - steps[0], pair.Second - pair.First));
    }

    /// <summary>Of a request, of the hand-over to the next in line, and of a withdrawal.</summary>
    private static long[] StepsOf(string where, int waiters)
    {
        var locks = new ScopeLocks(TimeProvider.System);
        ScopeSet own = where switch
        {
            "the same, four levels down" => s_deep,
            "the same, for a task's only place" => s_limited,
            _ => ScopeSet.From([], ["app/src"]),
        };
        ScopeTicket holder = Ask(locks, own);
        for (int i = 0; i < waiters; i++)
        {
            Ask(locks, where switch
            {
                // A hundred queues, each with its holder.
                "others" => ScopeSet.From([], [$"other{i % 100}/x"]),
                "others of the same parent" => ScopeSet.From([], [$"app/other{i % 100}"]),
                "the same, as readers behind a writer" when i > 0 => ScopeSet.From(["app/src"], []),
                _ => own,
            });
        }

        long before = locks.Steps;
        ScopeTicket last = Ask(locks, own);
        long asked = locks.Steps;
        Assert.True(last.TryWithdraw());
        long withdrawn = locks.Steps;
        holder.Release();
        return [asked - before, withdrawn - asked, locks.Steps - withdrawn];
    }

    private static long StepsOf(ScopeSet scopes)
    {
        var locks = new ScopeLocks(TimeProvider.System);
        Ask(locks, scopes).Release();
        return locks.Steps;
    }

    private static ScopeTicket Ask(ScopeLocks locks, ScopeSet scopes) => locks.Request(scopes, "test", "test");
}
