using System.Text;
using PvExec.Linux.Trees;

namespace PvExec.Linux.Tests.Trees;

public sealed class OpeningTests : IDisposable
{
    private readonly DirectoryInfo _root = Directory.CreateTempSubdirectory("pv-opening-test-");

    public OpeningTests()
    {
        Directory.CreateDirectory(Path.Combine(_root.FullName, "a/b"));
        File.WriteAllText(Path.Combine(_root.FullName, "a/b/f"), "x");
        File.CreateSymbolicLink(Path.Combine(_root.FullName, "link"), "a");
        File.CreateSymbolicLink(Path.Combine(_root.FullName, "a/b/last"), "f");
    }

    public void Dispose() => _root.Delete(recursive: true);

    [Theory]
    [InlineData("a/b/f", true)]
    [InlineData("./a/./b/f", true)]
    [InlineData("a/b/none", false)]
    [InlineData("link/b/f", false)]
    [InlineData("a/b/last", false)]
    [InlineData("a/../a/b/../../../etc/passwd", false)]
    [InlineData("/etc/passwd", false)]
    public void A_path_is_opened_only_without_symlinks_and_below_the_directory(string path, bool opens)
    {
        using FileDescriptor root = Opening.Path(Encoding.UTF8.GetBytes(_root.FullName), OpenFlags.Directory);

        int errno = Opening.TryBeneath(root, Encoding.UTF8.GetBytes(path), OpenFlags.ReadOnly, out FileDescriptor? file);
        int byParts = Opening.TryByParts(root, Encoding.UTF8.GetBytes(path), OpenFlags.ReadOnly, out FileDescriptor? fileByParts);
        using (file)
        using (fileByParts)
        {
            Assert.Equal((opens, opens), (errno == 0, byParts == 0));
            Assert.Equal((opens, opens), (file is not null, fileByParts is not null));
        }
    }
}
