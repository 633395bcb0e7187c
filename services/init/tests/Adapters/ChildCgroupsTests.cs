using System.Diagnostics;
using System.Globalization;
using PvExec.Init.Adapters;
using PvExec.Init.Tests.Published;
using PvExec.Linux.Cgroups;

namespace PvExec.Init.Tests.Adapters;

public sealed class ChildCgroupsTests
{
    /// <summary>In milliseconds.</summary>
    private const long Brief = 1;

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
        Assert.NotNull(first.Take());
        Assert.NotNull(second.Take());
        first.Close();
        second.Close();
    }

    [Fact]
    public void A_group_with_somebody_in_it_stays_until_that_one_is_gone_and_goes_when_it_is_tried_again()
    {
        Assert.SkipUnless(WritableCgroups.AreThere, "no cgroup2 file system can be written here");
        ChildCgroups cgroups = ChildCgroups.TryOpen()!;
        ChildGroup group = cgroups.Take()!;
        string path = PathOf(group);
        using Process sleeper = Process.Start("sleep", "1000");
        File.WriteAllText(path + "/cgroup.procs", sleeper.Id.ToString(CultureInfo.InvariantCulture));

        cgroups.Release(group);
        cgroups.DoWork();
        Assert.True(cgroups.HasLingering);
        Assert.True(Directory.Exists(path));

        sleeper.Kill();
        sleeper.WaitForExit();
        Assert.True(SpinWait.SpinUntil(
            () =>
            {
                cgroups.ReleaseLingering();
                return !cgroups.HasLingering;
            },
            RunningInit.Patience));
        Assert.False(Directory.Exists(path));
        cgroups.Close();
    }

    [Fact]
    public void A_group_whose_child_ran_briefly_and_changed_nothing_is_the_next_childs()
    {
        Assert.SkipUnless(WritableCgroups.AreThere, "no cgroup2 file system can be written here");
        ChildCgroups cgroups = ChildCgroups.TryOpen()!;
        ChildGroup group = cgroups.Take()!;
        ulong number = group.Number;
        _ = File.ReadAllText(PathOf(group) + "/cgroup.max.depth"); // to read is no change

        cgroups.ReleaseEmpty(group, Brief);

        Assert.Equal(number, cgroups.Take()!.Number);
        Assert.NotEqual(number, cgroups.Take()!.Number);
        cgroups.Close();
    }

    [Theory]
    [InlineData("a limit")]
    [InlineData("a group below")]
    [InlineData("a group below with a name as of the kernel's events")]
    [InlineData("a group that came and went")]
    [InlineData("an owner")]
    [InlineData("a mode")]
    [InlineData("a mode of the kernel's events")]
    [InlineData("somebody who came in and left")]
    public void A_group_that_was_changed_is_no_other_childs(string what)
    {
        Assert.SkipUnless(WritableCgroups.AreThere, "no cgroup2 file system can be written here");
        ChildCgroups cgroups = ChildCgroups.TryOpen()!;
        ChildGroup group = cgroups.Take()!;
        (ulong number, string path) = (group.Number, PathOf(group));
        switch (what)
        {
            case "a limit":
                File.WriteAllText(path + "/cgroup.max.depth", "7");
                break;
            case "a group below":
                Directory.CreateDirectory(path + "/below");
                break;
            case "a group below with a name as of the kernel's events":
                Directory.CreateDirectory(path + "/below.events");
                break;
            case "a group that came and went":
                Directory.Delete(Directory.CreateDirectory(path + "/below").FullName);
                break;
            case "an owner":
                Run("chown", "65534", path);
                break;
            case "a mode of the kernel's events":
                Run("chmod", "600", path + "/cgroup.events");
                break;
            case "a mode":
                Run("chmod", "666", path + "/cgroup.procs");
                break;
            default:
                using (Process sleeper = Process.Start("sleep", "1000"))
                {
                    File.WriteAllText(path + "/cgroup.procs", sleeper.Id.ToString(CultureInfo.InvariantCulture));
                    sleeper.Kill();
                    sleeper.WaitForExit();
                }

                break;
        }

        cgroups.ReleaseEmpty(group, Brief);
        ChildGroup next = cgroups.Take()!;

        Assert.NotEqual(number, next.Number);
        Assert.True(SpinWait.SpinUntil(
            () =>
            {
                cgroups.DoWork();
                cgroups.ReleaseLingering();
                return !Directory.Exists(path);
            },
            RunningInit.Patience));
        cgroups.Close();
    }

    [Fact]
    public void A_group_whose_child_ran_for_long_is_removed()
    {
        Assert.SkipUnless(WritableCgroups.AreThere, "no cgroup2 file system can be written here");
        ChildCgroups cgroups = ChildCgroups.TryOpen()!;
        ChildGroup group = cgroups.Take()!;
        string path = PathOf(group);

        cgroups.ReleaseEmpty(group, ranMilliseconds: 1000);
        cgroups.DoWork();

        Assert.False(Directory.Exists(path));
        cgroups.Close();
    }

    [Fact]
    public void Groups_that_no_child_needs_any_more_are_removed_all_but_one()
    {
        Assert.SkipUnless(WritableCgroups.AreThere, "no cgroup2 file system can be written here");
        ChildCgroups cgroups = ChildCgroups.TryOpen()!;
        ChildGroup[] groups = [.. Enumerable.Range(0, 5).Select(_ => cgroups.Take()!)];
        string[] paths = [.. groups.Select(PathOf)];
        Assert.Equal(long.MaxValue, cgroups.TrimDue);
        Array.ForEach(groups, group => cgroups.ReleaseEmpty(group, Brief));
        Assert.NotEqual(long.MaxValue, cgroups.TrimDue);
        ChildGroup[] needed = [cgroups.Take()!, cgroups.Take()!];

        // The fewest that there were at a time, since there are spare ones, were two.
        Array.ForEach(needed, group => cgroups.ReleaseEmpty(group, Brief));
        cgroups.Trim();
        DoAllWork(cgroups);
        Assert.Equal(4, paths.Count(Directory.Exists));
        cgroups.Trim();
        DoAllWork(cgroups);
        Assert.Equal(1, paths.Count(Directory.Exists));
        Assert.Equal(long.MaxValue, cgroups.TrimDue);
        cgroups.Close();
    }

    [Fact]
    public void Nothing_is_left_of_groups_that_are_removed()
    {
        Assert.SkipUnless(WritableCgroups.AreThere, "no cgroup2 file system can be written here");
        ChildCgroups cgroups = ChildCgroups.TryOpen()!;
        cgroups.Release(cgroups.Make()!);
        DoAllWork(cgroups);
        (int watches, int descriptors) = (Watches(), Descriptors());

        for (int i = 0; i < 20; i++)
        {
            cgroups.Release(cgroups.Make()!);
        }

        DoAllWork(cgroups);
        Assert.Equal((watches, descriptors), (Watches(), Descriptors()));
        cgroups.Close();

        // Of other tests' there are some too; they have no groups of this name.
        static int Watches() => Directory.GetFiles("/proc/self/fdinfo").Sum(file => TextOf(file).Split('\n').Count(line => line.StartsWith("inotify wd", StringComparison.Ordinal)));
        static int Descriptors() => Directory.GetFileSystemEntries("/proc/self/fd").Count(IsOfGroup);
    }

    private static void DoAllWork(ChildCgroups cgroups)
    {
        while (cgroups.HasWork)
        {
            cgroups.DoWork();
        }
    }

    private static bool IsOfGroup(string descriptor) => new FileInfo(descriptor).LinkTarget?.Contains("/run-", StringComparison.Ordinal) == true;

    private static string TextOf(string file)
    {
        try
        {
            return File.ReadAllText(file);
        }
        catch (IOException)
        {
            return ""; // closed meanwhile
        }
    }

    private static string PathOf(ChildGroup group) =>
        CgroupTree.Below(CgroupPath.OfThisProcess()!).Select(one => $"{one}/run-{group.Number}").Last(one => Directory.Exists(one) && IsOf(one));

    private static bool IsOf(string group) => Path.GetFileName(Path.GetDirectoryName(group))!.StartsWith($"pv-init-{Environment.ProcessId}-", StringComparison.Ordinal);

    private static void Run(params string[] words)
    {
        using Process process = Process.Start(words[0], words[1..]);
        process.WaitForExit();
        Assert.Equal(0, process.ExitCode);
    }
}
