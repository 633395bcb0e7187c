using System.Runtime.InteropServices;
using PvExec.Hosting.Init;
using PvExec.Kernel;
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

    [Fact]
    public void A_child_that_has_none_or_in_whose_nobody_is_left_has_no_group()
    {
        var none = new Child(7, Environment.ProcessId, "none", default, default, new Dictionary<string, SafeHandle>());
        var left = new Child(7, Environment.ProcessId, "left", default, default, new Dictionary<string, SafeHandle>(), group: 9);
        Assert.Equal(9u, left.Group);

        left.SetExited(new ChildExit(ExitStatus.Exited(0), default, default, default, 0));

        Assert.Equal((0u, 0u), (none.Group, left.Group));
        Assert.Null(new ChildGroups().Of(none));
        Assert.Null(new ChildGroups().Of(left));
    }
}
