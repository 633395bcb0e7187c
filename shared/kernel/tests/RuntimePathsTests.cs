using System.Text;

namespace PvExec.Kernel.Tests;

public sealed class RuntimePathsTests
{
    /// <summary>sun_path has 108 bytes, the last of them a NUL (unix(7)).</summary>
    private const int MostBytes = 107;

    [Fact]
    public void Every_socket_of_the_longest_runtime_directory_can_be_bound()
    {
        var paths = new RuntimePaths("/" + new string('x', RuntimePaths.MaxRootBytes - 1));

        Assert.All(Sockets(paths), path => Assert.InRange(Encoding.UTF8.GetByteCount(path), 1, MostBytes));
    }

    [Fact]
    public void No_two_things_share_a_path()
    {
        var paths = new RuntimePaths(RuntimePaths.Default);

        string[] all = [.. Sockets(paths), paths.Lock, paths.BusDirectory, .. Services.All.Select(paths.State)];
        Assert.Equal(all.Length, all.Distinct().Count());
        Assert.All(all, path => Assert.StartsWith("/run/pv-exec/", path, StringComparison.Ordinal));
    }

    private static List<string> Sockets(RuntimePaths paths) =>
        [paths.Init, paths.Notify, .. Services.All.SelectMany(service => new[] { paths.Grpc(service), paths.BusRequests(service), paths.BusEvents(service) })];
}
