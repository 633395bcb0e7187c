using System.Net;
using PvExec.Init.Adapters;
using PvExec.Kernel.Configuration;

namespace PvExec.Init.Tests.Adapters;

public sealed class OptionChecksTests : IDisposable
{
    private readonly DirectoryInfo _directory = Directory.CreateTempSubdirectory("pv-init-");

    public void Dispose() => _directory.Delete(recursive: true);

    [Fact]
    public void Every_problem_is_told_and_not_only_the_first()
    {
        string empty = _directory.CreateSubdirectory("empty").FullName;
        string file = Path.Combine(_directory.FullName, "file");
        File.WriteAllText(file, "");
        var options = new DaemonOptions { ConfigRoots = ["/nowhere/at/all", empty], MountPoint = file };
        Assert.Collection(
            OptionChecks.Problems(options),
            one => Assert.Contains("'/nowhere/at/all' is not a directory", one),
            two => Assert.Contains($"'{empty}' holds no task", two),
            three => Assert.Contains($"-mount-point '{file}' is not a directory", three));
    }

    [Fact]
    public void A_task_below_a_group_directory_counts()
    {
        string task = _directory.CreateSubdirectory("roots/common/file_read").FullName;
        File.WriteAllText(Path.Combine(task, "run"), "");
        Assert.Empty(OptionChecks.Problems(new DaemonOptions { ConfigRoots = [Path.Combine(_directory.FullName, "roots")], MountPoint = "/does/not/exist/yet" }));
    }

    [Fact]
    public void A_host_is_an_address_or_a_name_of_one()
    {
        Assert.Equal(IPAddress.IPv6Any, OptionChecks.Resolve("::"));
        Assert.Equal(IPAddress.Loopback, OptionChecks.Resolve("localhost"));
        Assert.Null(OptionChecks.Resolve("no such host"));
    }

    [Fact]
    public void A_caught_signal_is_found_in_the_mask()
    {
        Assert.True(SignalChecks.IsCaught(["SigIgn:\t0", "SigCgt:\t0000000000010000"], 17));
        Assert.False(SignalChecks.IsCaught(["SigCgt:\t0000000300004483"], 17));
    }
}
