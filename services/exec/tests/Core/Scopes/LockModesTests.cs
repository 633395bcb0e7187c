using PvExec.Exec.Core.Scopes;

namespace PvExec.Exec.Tests.Core.Scopes;

public sealed class LockModesTests
{
    /// <summary>One row a mode, in the order of the modes: which exclude it.</summary>
    private const string Table = """
        ....X
        ..XXX
        .X.XX
        .XXXX
        XXXXX
        """;

    [Fact]
    public void Which_modes_exclude_each_other()
    {
        string[] rows = Table.Split('\n');
        Assert.Equal(LockModes.Count, Enum.GetValues<LockMode>().Length);
        foreach (LockMode one in Enum.GetValues<LockMode>())
        {
            foreach (LockMode other in Enum.GetValues<LockMode>())
            {
                Assert.Equal(rows[(int)one][(int)other] == 'X', LockModes.Conflict(one, other));
            }
        }
    }

    [Fact]
    public void Two_modes_of_one_ticket_exclude_together_what_either_does()
    {
        foreach (LockMode one in Enum.GetValues<LockMode>())
        {
            foreach (LockMode other in Enum.GetValues<LockMode>())
            {
                int joined = LockModes.ConflictsOf(LockModes.Join(one, other));
                Assert.Equal(joined, LockModes.ConflictsOf(one) | LockModes.ConflictsOf(other) | joined);
            }
        }

        Assert.Equal(LockMode.ReadIntentWrite, LockModes.Join(LockMode.IntentWrite, LockMode.Read));
        Assert.Equal(LockMode.Read, LockModes.Join(LockMode.Read, LockMode.IntentRead));
        Assert.Equal(LockMode.IntentWrite, LockModes.Join(LockMode.IntentRead, LockMode.IntentWrite));
    }
}
