using PvExec.Linux.Cgroups;

namespace PvExec.Linux.Tests.Cgroups;

public class CgroupPathTests
{
    private const string Unified = "30 23 0:26 / /sys/fs/cgroup rw,nosuid shared:4 - cgroup2 cgroup2 rw,nsdelegate";

    [Theory]
    [InlineData("0::/system.slice/pv.service", Unified, "/sys/fs/cgroup/system.slice/pv.service")]
    [InlineData("0::/", Unified, "/sys/fs/cgroup")]
    [InlineData("0::/docker/1/init", "30 23 0:26 /docker/1 /sys/fs/cgroup ro - cgroup2 cgroup rw", "/sys/fs/cgroup/init")]
    [InlineData("0::/docker/1", "30 23 0:26 /docker/1 /sys/fs/cgroup ro - cgroup2 cgroup rw", "/sys/fs/cgroup")]
    [InlineData("0::/docker/12", "30 23 0:26 /docker/1 /sys/fs/cgroup ro - cgroup2 cgroup rw", null)]
    [InlineData("0::/", "30 23 0:26 / /sys/fs/cgroup/memory rw - cgroup cgroup rw,memory", null)]
    [InlineData("0::/", "30 23 0:26 / /mnt/a\\040b rw - cgroup2 cgroup2 rw", "/mnt/a b")]
    [InlineData("4:memory:/x", Unified, null)]
    [InlineData("0::/", "no mount at all", null)]
    public void The_own_group_is_found_below_the_mount_that_shows_it(string group, string mount, string? expected) =>
        Assert.Equal(expected, CgroupPath.Find(["8:pids:/y", group], ["22 1 8:1 / / rw - ext4 /dev/root rw", mount]));

    [Fact]
    public void A_name_is_only_found_whole()
    {
        byte[] events = "low 0\nhigh 1\noom 2\noom_kill 3\noom_group_kill 4\n"u8.ToArray();
        Assert.Equal(3, CgroupEvents.Value(events, "oom_kill"u8));
        Assert.Equal(2, CgroupEvents.Value(events, "oom"u8));
        Assert.Equal(0, CgroupEvents.Value(events, "populated"u8));
        Assert.Equal(0, CgroupEvents.Value([], "oom"u8));
    }
}
