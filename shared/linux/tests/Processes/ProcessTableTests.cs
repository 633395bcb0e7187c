using System.Diagnostics;
using PvExec.Linux.Processes;

namespace PvExec.Linux.Tests.Processes;

public sealed class ProcessTableTests
{
    private readonly ProcessTable _table = new();

    [Fact]
    public void It_lists_every_process_in_the_order_of_the_pids()
    {
        _table.Read();
        Assert.Contains(_table.All.ToArray(), process => process.Pid == Environment.ProcessId);
        Assert.Contains(_table.All.ToArray(), process => process.Pid == 1);
        int[] pids = [.. _table.All.ToArray().Select(process => process.Pid)];
        Assert.Equal(pids.Order(), pids);
    }

    [Fact]
    public void A_child_is_found_below_this_process_and_in_its_own_tree()
    {
        using Process child = Process.Start(new ProcessStartInfo("cat") { RedirectStandardInput = true })!;
        _table.Read();
        Assert.Contains(child.Id, Pids(_table.Descendants(Environment.ProcessId, [])));
        Assert.DoesNotContain(child.Id, Pids(_table.Descendants(Environment.ProcessId, [child.Id])));
        Assert.Equal([child.Id], Pids(_table.Tree(child.Id, leaderLives: true, mark: null)));
        child.StandardInput.Close();
        child.WaitForExit();
    }

    [Fact]
    public void Those_that_bear_a_mark_are_found_wherever_they_are()
    {
        const ulong Mark = 123_456_789;
        using Process child = Process.Start(new ProcessStartInfo("prlimit", ["--locks=123456789:unlimited", "cat"]) { RedirectStandardInput = true, RedirectStandardOutput = true })!;
        child.StandardInput.Write("x\n");
        child.StandardInput.Flush();
        Assert.Equal("x", child.StandardOutput.ReadLine());
        _table.Read();
        Assert.Equal([child.Id], Pids(_table.Tree(int.MaxValue, leaderLives: false, Mark)));
        Assert.Empty(Pids(_table.Tree(int.MaxValue, leaderLives: false, Mark + 1)));
        child.StandardInput.Close();
        child.WaitForExit();
    }

    [Fact]
    public void Parents_with_higher_numbers_than_their_children_are_found_too()
    {
        ProcessStat[] all = [new(5, 'S', 9, 5, 5, 0, 0), new(7, 'S', 5, 7, 7, 0, 0), new(9, 'S', 1, 9, 9, 0, 0)];
        Assert.Equal([5, 7, 9], Pids(new ProcessFamily().Of(all, 9, leaderLives: true, isMarked: null)));
    }

    [Fact]
    public void Nothing_is_allocated_once_warm()
    {
        for (int round = 0; round < 4; round++)
        {
            long before = GC.GetAllocatedBytesForCurrentThread();
            _table.Read();
            _ = _table.Tree(Environment.ProcessId, leaderLives: true, mark: 1);
            _ = _table.Group(Environment.ProcessId, leaderLives: true);
            _ = _table.Descendants(1, []);
            Assert.True(round < 2 || GC.GetAllocatedBytesForCurrentThread() == before);
        }
    }

    private static int[] Pids(ReadOnlySpan<ProcessStat> processes) => [.. processes.ToArray().Select(process => process.Pid).Order()];
}
