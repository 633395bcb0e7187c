using System.Text;
using Microsoft.Win32.SafeHandles;
using PvExec.Linux.Files;

namespace PvExec.Linux.Tests.Files;

public sealed class UnnamedFileTests : IDisposable
{
    private readonly string _directory = Directory.CreateTempSubdirectory("unnamed").FullName;

    public void Dispose() => Directory.Delete(_directory, recursive: true);

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void It_is_on_the_disk_of_its_directory_and_in_none(bool withNameAtFirst)
    {
        using SafeFileHandle file = withNameAtFirst ? UnnamedFile.CreateAndUnlink(_directory) : UnnamedFile.Create(_directory);
        RandomAccess.Write(file, "kept"u8, 4096);

        Assert.Empty(Directory.EnumerateFileSystemEntries(_directory));
        var read = new byte[4];
        Assert.Equal(4, RandomAccess.Read(file, read, 4096));
        Assert.Equal("kept", Encoding.UTF8.GetString(read));
        Assert.StartsWith(_directory, File.ResolveLinkTarget($"/proc/self/fd/{file.DangerousGetHandle()}", returnFinalTarget: false)!.FullName, StringComparison.Ordinal);
        Assert.Equal(0, FileLength.TrySet(file, 1 << 20));
        Assert.Equal(1 << 20, RandomAccess.GetLength(file));
        FileHole.Punch(file, 0, 8192);
        RandomAccess.Read(file, read, 4096);
        Assert.Equal(new byte[4], read);
    }

    [Fact]
    public void A_directory_that_is_not_there_is_named()
    {
        SystemCallException e = Assert.Throws<SystemCallException>(() => UnnamedFile.Create(_directory + "/none"));
        Assert.Equal(Errno.ENOENT, e.Errno);
        Assert.Contains(_directory + "/none", e.Message, StringComparison.Ordinal);
    }
}
