using System.Diagnostics;
using PvExec.Init.Adapters;
using PvExec.Kernel;
using PvExec.Kernel.Configuration;
using PvExec.Linux;

namespace PvExec.Init.Tests.Adapters;

public sealed class RuntimeDirectoryTests : IDisposable
{
    private const UnixFileMode OwnerOnly = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute;

    private readonly DirectoryInfo _directory = Directory.CreateTempSubdirectory("pvr-");

    public void Dispose() => _directory.Delete(recursive: true);

    [Fact]
    public void A_directory_of_another_user_is_refused_with_its_owner()
    {
        // Only root can give a directory away; anybody else has root's.
        string foreign = "/usr";
        uint owner = 0;
        if (EffectiveUser.Id == 0)
        {
            foreign = _directory.FullName;
            owner = 65534;
            using Process chown = Process.Start("chown", ["65534", foreign]);
            chown.WaitForExit();
        }

        Assert.False(RuntimeDirectory.Take(new DaemonOptions { RuntimeDir = foreign }).TryGet(out _, out Fault? fault));
        Assert.Equal(FaultKind.PermissionDenied, fault.Kind);
        Assert.Contains($"'{foreign}' belongs to user {owner} ", fault.Detail, StringComparison.Ordinal);
    }

    [Fact]
    public void A_directory_of_this_user_is_taken_and_closed_to_others()
    {
        string own = Path.Combine(_directory.FullName, "run");
        // So are those in it that were left by somebody else's hand.
        var paths = new RuntimePaths(own);
        Directory.CreateDirectory(own, OwnerOnly | UnixFileMode.OtherRead);
        Directory.CreateDirectory(paths.BusDirectory, OwnerOnly | UnixFileMode.GroupWrite | UnixFileMode.OtherExecute);
        File.Create(paths.Lock).Dispose();

        Assert.True(RuntimeDirectory.Take(new DaemonOptions { RuntimeDir = own }).TryGet(out RuntimeDirectory? taken, out _));
        Assert.Equal(OwnerOnly, File.GetUnixFileMode(own));
        Assert.Equal(OwnerOnly, File.GetUnixFileMode(paths.BusDirectory));
        Assert.All(Services.All, service => Assert.Equal(OwnerOnly, File.GetUnixFileMode(paths.State(service))));
        taken.Dispose();
    }
}
