using PvExec.Exec.Core.Scopes;

namespace PvExec.Exec.Tests.Core.Scopes;

public sealed class ScopeLocksThreadTests
{
    [Fact]
    public async Task No_two_that_exclude_each_other_are_in_at_the_same_time()
    {
        var locks = new ScopeLocks(TimeProvider.System);
        int[] writers = new int[3];
        int[] readers = new int[3];
        int violations = 0;
        await Task.WhenAll(Enumerable.Range(0, 8).Select(worker => Task.Run(async () =>
        {
            var random = new Random(worker);
            for (int i = 0; i < 2_000; i++)
            {
                int read = random.Next(3);
                int write = random.Next(3);
                ScopeTicket ticket = locks.Request(ScopeSet.From([$"{read}"], [$"{write}"]), $"{worker}", "test");
                if (random.Next(10) == 0 && ticket.TryWithdraw())
                {
                    continue;
                }

                await ticket.Granted;
                bool clash = Interlocked.Increment(ref writers[write]) != 1 || Volatile.Read(ref readers[write]) != 0;
                if (read != write)
                {
                    Interlocked.Increment(ref readers[read]);
                    clash |= Volatile.Read(ref writers[read]) != 0;
                }

                await Task.Yield();
                Interlocked.Add(ref violations, clash ? 1 : 0);
                if (read != write)
                {
                    Interlocked.Decrement(ref readers[read]);
                }

                Interlocked.Decrement(ref writers[write]);
                ticket.Release();
            }
        }))).WaitAsync(TimeSpan.FromSeconds(60));

        Assert.Equal(0, violations);
        Assert.Empty(locks.Snapshot());
    }
}
