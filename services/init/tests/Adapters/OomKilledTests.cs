using PvExec.Init.Adapters;
using PvExec.Linux.Sockets;

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
        Make(cgroups, 7);
        Make(cgroups, 8);
        Write(7, oom: 0, killed: 0);
        Write(8, oom: 0, killed: 0);
        Assert.False(cgroups.WasOomKilled(7));

        // The limit was reached, and memory was found.
        Write(7, oom: 3, killed: 0);
        Assert.False(cgroups.WasOomKilled(7));

        Write(7, oom: 4, killed: 2);
        Assert.True(cgroups.WasOomKilled(7));
        Assert.False(cgroups.WasOomKilled(8));
    }

    [Fact]
    public void Without_a_memory_controller_nobody_is_told_to_have()
    {
        ChildCgroups cgroups = Open(hasController: false);
        Make(cgroups, 7);
        Write(7, oom: 1, killed: 1);
        Assert.False(cgroups.WasOomKilled(7));
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

    private static void Make(ChildCgroups cgroups, ulong child)
    {
        int descriptor = cgroups.Make(child);
        Assert.True(descriptor >= 0);
        DescriptorBuffer.Close(descriptor);
    }

    private void Write(ulong child, int oom, int killed) => File.WriteAllText(
        Path.Combine(_path.FullName, $"run-{child}", "memory.events"), $"low 0\nhigh 0\nmax 9\noom {oom}\noom_kill {killed}\noom_group_kill 0\n");
}
