using PvExec.Init.Adapters;

namespace PvExec.Init.Tests.Adapters;

/// <summary>
/// What pv-init makes of memory.events (cgroups(7)), with a directory in the place of a control group: the files have the same names and
/// the same text, and a machine without a memory controller can be tested too.
/// </summary>
public sealed class OomKilledTests : IDisposable
{
    private readonly DirectoryInfo _own = Directory.CreateTempSubdirectory("pv-oom-");
    private readonly DirectoryInfo _path;

    public OomKilledTests() => _path = _own.CreateSubdirectory("pv-init-1");

    public void Dispose() => _own.Delete(recursive: true);

    [Fact]
    public void A_child_is_told_to_have_run_out_of_memory_when_the_kernel_killed_one_in_its_group_for_it()
    {
        ChildCgroups cgroups = Open(hasController: true);
        ChildGroup one = cgroups.Take()!, other = cgroups.Take()!;
        Write(one, oom: 0, killed: 0);
        Write(other, oom: 0, killed: 0);
        Assert.False(cgroups.WasOomKilled(one));

        // The limit was reached, and memory was found.
        Write(one, oom: 3, killed: 0);
        Assert.False(cgroups.WasOomKilled(one));

        Write(one, oom: 4, killed: 2);
        Assert.True(cgroups.WasOomKilled(one));
        Assert.False(cgroups.WasOomKilled(other));
    }

    [Fact]
    public void What_the_kernel_killed_in_a_group_before_says_nothing_of_its_next_child()
    {
        ChildCgroups cgroups = Open(hasController: true);
        ChildGroup group = cgroups.Take()!;
        Write(group, oom: 1, killed: 1);
        Assert.True(cgroups.WasOomKilled(group));

        Assert.False(cgroups.WasOomKilled(group));

        Write(group, oom: 2, killed: 2);
        Assert.True(cgroups.WasOomKilled(group));
    }

    [Fact]
    public void Without_a_memory_controller_nobody_is_told_to_have()
    {
        ChildCgroups cgroups = Open(hasController: false);
        ChildGroup group = cgroups.Take()!;
        Write(group, oom: 1, killed: 1);
        Assert.False(cgroups.WasOomKilled(group));
    }

    private ChildCgroups Open(bool hasController)
    {
        if (hasController)
        {
            File.WriteAllText(Path.Combine(_path.FullName, "cgroup.subtree_control"), "");
        }
        else
        {
            // The kernel refuses the controller; so does a directory.
            _path.CreateSubdirectory("cgroup.subtree_control");
        }

        ChildCgroups cgroups = ChildCgroups.TryOpen(_own.FullName, _path.FullName)!;
        cgroups.Settle().Join();
        if (hasController)
        {
            Assert.Equal("+memory", File.ReadAllText(Path.Combine(_path.FullName, "cgroup.subtree_control")));
        }

        return cgroups;
    }

    private void Write(ChildGroup group, int oom, int killed) => File.WriteAllText(
        Path.Combine(_path.FullName, $"run-{group.Number}", "memory.events"), $"low 0\nhigh 0\nmax 9\noom {oom}\noom_kill {killed}\noom_group_kill 0\n");
}
