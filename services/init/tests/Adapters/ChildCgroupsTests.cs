using System.Diagnostics;
using System.Globalization;
using PvExec.Init.Adapters;
using PvExec.Init.Tests.Published;
using PvExec.Linux.Cgroups;

namespace PvExec.Init.Tests.Adapters;

public sealed class ChildCgroupsTests
{
    [Fact]
    public void One_that_starts_leaves_the_still_empty_group_of_another_alone_and_removes_what_a_killed_one_left()
    {
        Assert.SkipUnless(WritableCgroups.AreThere, "no cgroup2 file system can be written here");
        string own = CgroupPath.OfThisProcess()!;
        string abandoned = Directory.CreateDirectory($"{own}/pv-init-0-abandoned/run-1").Parent!.FullName;
        ChildCgroups first = ChildCgroups.TryOpen()!;
        Assert.False(Directory.Exists(abandoned));

        ChildCgroups second = ChildCgroups.TryOpen()!;

        Assert.NotNull(second);
        Assert.True(Make(first, 1));
        Assert.True(Make(second, 1));
        Close(first, 1);
        Close(second, 1);
    }

    [Fact]
    public void A_group_with_somebody_in_it_stays_until_that_one_is_gone_and_goes_when_it_is_tried_again()
    {
        Assert.SkipUnless(WritableCgroups.AreThere, "no cgroup2 file system can be written here");
        ChildCgroups cgroups = ChildCgroups.TryOpen()!;
        Assert.True(Make(cgroups, 1));
        string group = CgroupTree.Below(CgroupPath.OfThisProcess()!).Select(one => one + "/run-1").Single(one => Directory.Exists(one) && IsOf(one));
        using Process sleeper = Process.Start("sleep", "1000");
        File.WriteAllText(group + "/cgroup.procs", sleeper.Id.ToString(CultureInfo.InvariantCulture));

        cgroups.Release(1);
        cgroups.DoWork(2);
        Assert.True(cgroups.HasLingering);
        Assert.True(Directory.Exists(group));

        sleeper.Kill();
        sleeper.WaitForExit();
        Assert.True(SpinWait.SpinUntil(
            () =>
            {
                cgroups.ReleaseLingering();
                return !cgroups.HasLingering;
            },
            RunningInit.Patience));
        Assert.False(Directory.Exists(group));
        cgroups.Close();
    }

    private static bool Make(ChildCgroups cgroups, ulong child)
    {
        int descriptor = cgroups.Make(child);
        if (descriptor >= 0)
        {
            Linux.Sockets.DescriptorBuffer.Close(descriptor);
        }

        return descriptor >= 0;
    }

    private static bool IsOf(string group) => Path.GetFileName(Path.GetDirectoryName(group))!.StartsWith($"pv-init-{Environment.ProcessId}-", StringComparison.Ordinal);

    private static void Close(ChildCgroups cgroups, ulong child)
    {
        cgroups.Release(child);
        cgroups.DoWork(child + 1);
        cgroups.Close();
    }
}
