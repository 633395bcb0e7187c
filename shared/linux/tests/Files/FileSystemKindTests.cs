using PvExec.Linux.Files;

namespace PvExec.Linux.Tests.Files;

public sealed class FileSystemKindTests
{
    [Theory]
    [InlineData("/dev/shm", true)]
    [InlineData("/proc", false)]
    [InlineData("/sys", false)]
    [InlineData("/nonexistent", false)]
    public void Only_what_the_kernel_answers_for_alone_is_local(string directory, bool isLocal) => Assert.Equal(isLocal, FileSystemKind.IsLocal(directory));
}
