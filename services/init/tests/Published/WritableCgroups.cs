using PvExec.Linux.Cgroups;

namespace PvExec.Init.Tests.Published;

/// <summary>Whether a cgroup can be made where the tests run.</summary>
internal static class WritableCgroups
{
    /// <summary>Runs a command as if the machine had no cgroup2 file system.</summary>
    public static string[] Hidden { get; } = ["unshare", "-m", "sh", "-c", "umount -at cgroup2; exec \"$0\" \"$@\""];

    public static bool AreThere { get; } = CanMake();

    private static bool CanMake()
    {
        string? own = CgroupPath.OfThisProcess();
        try
        {
            return own is not null && CgroupTree.Remove(Directory.CreateDirectory($"{own}/pv-test-{Environment.ProcessId}").FullName);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return false;
        }
    }
}
