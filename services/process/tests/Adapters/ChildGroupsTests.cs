using PvExec.Processes.Adapters;

namespace PvExec.Processes.Tests.Adapters;

public sealed class ChildGroupsTests
{
    [Theory]
    [InlineData("/sys/fs/cgroup/pv-init-1-2a/run-7", "/sys/fs/cgroup/pv-init-1-2a/run-7")]
    [InlineData("/sys/fs/cgroup/pv-init-1-2a/run-7/own/group", "/sys/fs/cgroup/pv-init-1-2a/run-7")]
    [InlineData("/sys/fs/cgroup/pv-init-1-2a/run-70", null)]
    [InlineData("/sys/fs/cgroup/other/run-7", null)]
    [InlineData("/", null)]
    [InlineData(null, null)]
    public void A_child_s_group_is_found_in_the_path_of_its_leader(string? path, string? group) =>
        Assert.Equal(group, ChildGroups.Within(path, "run-7"));
}
