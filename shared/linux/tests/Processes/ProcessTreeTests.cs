using PvExec.Linux.Processes;

namespace PvExec.Linux.Tests.Processes;

public sealed class ProcessTreeTests
{
    // 1 is pv-init. 10 leads a session; 11 is its child in a session of its own, 12 below that. 13 was in 10's session and
    // was reparented. 20 is another child of pv-init, 21 below it.
    private static readonly List<ProcessStat> All =
    [
        P(1, 0, 1), P(10, 1, 10), P(11, 10, 11), P(12, 11, 11), P(13, 1, 10), P(20, 1, 20), P(21, 20, 20), P(22, 20, 20, 'Z'),
    ];

    [Fact]
    public void A_tree_holds_descendants_in_other_sessions_and_orphans_of_its_own() =>
        Assert.Equal([10, 11, 12, 13], Pids(ProcessTree.Of(All, 10, leaderLives: true)));

    [Fact]
    public void Orphans_are_found_after_the_leader_was_reaped() =>
        Assert.Equal([13], Pids(ProcessTree.Of(Without(10, 11, 12), 10, leaderLives: false)));

    [Fact]
    public void Nobody_is_taken_for_a_leader_that_was_reaped_when_its_number_is_in_use_again()
    {
        Assert.Empty(ProcessTree.Of(All, 10, leaderLives: false));
        Assert.Empty(new ProcessFamily().Group([.. All], 10, leaderLives: false).ToArray());
    }

    [Fact]
    public void Descendants_leave_out_the_root_zombies_and_the_trees_that_are_spared() =>
        Assert.Equal([20, 21], Pids(new ProcessFamily().Descendants([.. Without(13)], 1, [10]).ToArray()));

    private static List<ProcessStat> Without(params int[] pids) => [.. All.Where(process => !pids.Contains(process.Pid))];

    private static IEnumerable<int> Pids(IEnumerable<ProcessStat> processes) => processes.Select(process => process.Pid).Order();

    private static ProcessStat P(int pid, int parent, int session, char state = 'S') => new(pid, state, parent, session, session, 0, 0);
}
