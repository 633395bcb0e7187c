using System.Globalization;
using System.Text;
using PvExec.Linux.Cgroups;

namespace PvExec.Linux.Tests.Cgroups;

/// <summary>In plain directories with files of the same names: there need not be a cgroup2 file system that can be written.</summary>
public sealed class CgroupMembersTests : IDisposable
{
    private readonly DirectoryInfo _root = Directory.CreateTempSubdirectory("pvl-");
    private readonly CgroupMembers _members = new();

    public void Dispose() => _root.Delete(recursive: true);

    [Fact]
    public void Those_of_a_group_and_of_all_below_it_are_read()
    {
        Write("run-1", 1, 2);
        Write("run-1/a", 3);
        Write("run-1/a/b", 4);
        Write("run-1/c");
        Write("run-2", 9);
        Assert.Equal([1, 2, 3, 4], Read("run-1").Order());
        Assert.Equal([9], Read("run-2"));
    }

    [Fact]
    public void A_group_that_is_gone_is_an_empty_one() => Assert.Empty(Read("run-3"));

    [Fact]
    public void Thousands_are_read_whole_and_processes_of_another_namespace_are_left_out()
    {
        int[] pids = [.. Enumerable.Range(1_000_000, 20_000)];
        Write("run-1", [.. pids, 0]);
        Assert.Equal(pids, Read("run-1"));
    }

    [Fact]
    public void Nothing_is_allocated_once_warm()
    {
        Write("run-1", [.. Enumerable.Range(1, 5_000)]);
        Write("run-1/a", 3);
        CgroupDirectory directory = CgroupDirectory.TryOpen(Encoding.UTF8.GetBytes(_root.FullName + '\0'))!;
        for (int round = 0; round < 3; round++)
        {
            long before = GC.GetAllocatedBytesForCurrentThread();
            _members.Read(directory, "run-1\0"u8);
            Assert.True(round == 0 || GC.GetAllocatedBytesForCurrentThread() == before);
        }
    }

    [Fact]
    public void A_group_is_removed_with_those_below_it()
    {
        _root.CreateSubdirectory("run-1/a/b");
        _root.CreateSubdirectory("run-1/c");
        CgroupDirectory directory = CgroupDirectory.TryOpen(Encoding.UTF8.GetBytes(_root.FullName + '\0'))!;
        Assert.True(_members.Remove(directory, "run-1\0"u8));
        Assert.Empty(_root.GetDirectories());
        Assert.True(_members.Remove(directory, "run-1\0"u8));

        Write("run-2/a", 1);
        Assert.False(_members.Remove(directory, "run-2\0"u8));
    }

    [Theory]
    [InlineData("0::/a/pv-init-1-2-0/run-5\n", true)]
    [InlineData("0::/pv-init-1-2-0/run-5/own\n", true)]
    [InlineData("12:cpu:/x\n0::/pv-init-1-2-0/run-5", true)]
    [InlineData("0::/pv-init-1-2-0/run-55\n", false)]
    [InlineData("0::/xpv-init-1-2-0/run-5\n", false)]
    [InlineData("1:cpu:/pv-init-1-2-0/run-5\n0::/\n", false)]
    [InlineData("", false)]
    public void A_process_is_in_a_group_when_whole_names_of_its_path_say_so(string file, bool isBelow) =>
        Assert.Equal(isBelow, CgroupMembership.IsBelow(Encoding.UTF8.GetBytes(file), "pv-init-1-2-0/run-5"u8));

    private int[] Read(string group)
    {
        CgroupDirectory directory = CgroupDirectory.TryOpen(Encoding.UTF8.GetBytes(_root.FullName + '\0'))!;
        _members.Read(directory, Encoding.UTF8.GetBytes(group + '\0'));
        return [.. _members.All];
    }

    private void Write(string group, params int[] pids) => File.WriteAllText(
        Path.Combine(_root.CreateSubdirectory(group).FullName, "cgroup.procs"),
        string.Concat(pids.Select(pid => pid.ToString(CultureInfo.InvariantCulture) + "\n")));
}
