using System.Diagnostics;
using PvExec.Exec.Adapters.Output;
using PvExec.Exec.Tests.Engine;
using PvExec.Linux.Files;
using PvExec.Testing;

namespace PvExec.Exec.Tests.Adapters;

public sealed class StreamFileTests : IDisposable
{
    private readonly TemporaryDirectory _directory = new();

    public void Dispose() => _directory.Dispose();

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Its_marks_are_each_for_itself_and_none_of_them_is_a_set_ID_bit(bool isOnDisk)
    {
        using StreamFile file = Create(isOnDisk);
        UnixFileMode before = Mode(file);
        Assert.Equal((false, false), (file.IsMarked, file.IsEnding));

        file.IsEnding = true;
        file.IsEnding = true;
        Assert.Equal((false, true), (file.IsMarked, file.IsEnding));
        Assert.Equal((false, true), MarksOf(file));
        file.Mark();
        Assert.Equal((true, true), (file.IsMarked, file.IsEnding));
        Assert.Equal((true, true), MarksOf(file));
        Assert.Equal(UnixFileMode.None, Mode(file) & (UnixFileMode.SetUser | UnixFileMode.SetGroup));

        file.IsEnding = false;
        Assert.Equal((true, false), (file.IsMarked, file.IsEnding));
        Assert.Equal((true, false), MarksOf(file));
        Assert.Equal(before | UnixFileMode.StickyBit, Mode(file));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Its_marks_survive_a_write_by_who_is_not_almighty(bool isOnDisk)
    {
        using StreamFile file = Create(isOnDisk);
        file.Mark();
        file.IsEnding = true;
        string[] write = ["sh", "-c", "printf more >> \"$0\"", $"/proc/{Environment.ProcessId}/fd/{file.Handle.DangerousGetHandle()}"];
        string[] command = Environment.IsPrivilegedProcess ? ["setpriv", "--bounding-set=-fsetid", .. write] : write;

        using var writer = Process.Start(command[0], command[1..]);
        await writer.WaitForExitAsync().WaitAsync(EngineFixture.Patience);

        using StreamFile taken = Another(file);
        Assert.Equal((0, 4L), (writer.ExitCode, taken.Length));
        Assert.Equal((true, true), (taken.IsMarked, taken.IsEnding));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void One_that_is_dropped_takes_no_space_and_keeps_its_length_and_its_other_marks(bool isOnDisk)
    {
        using StreamFile file = Create(isOnDisk);
        PipePair pipe = PipePair.Open();
        PipeEnd.Write(pipe.WriteEnd, new byte[10_001]);
        Assert.Equal(10_001, file.MoveFrom(pipe.ReadEnd, 0, new byte[20_000]));
        pipe.ReadEnd.Dispose();
        pipe.WriteEnd.Dispose();
        file.Mark();
        using (StreamFile whole = Another(file))
        {
            Assert.False(whole.IsDropped);
        }

        file.Drop();

        using StreamFile another = Another(file);
        Assert.Equal((true, true, false, 10_001L), (another.IsDropped, another.IsMarked, another.IsEnding, another.Length));
        Assert.Equal("0", Blocks(file));
        another.Drop();
        using StreamFile third = Another(file);
        Assert.True(third.IsDropped);
    }

    /// <summary>As of a disk that became read-only: no mode in /proc/PID can be changed.</summary>
    [Fact]
    public void One_on_a_disk_that_takes_no_mark_is_left_as_it_is()
    {
        using StreamFile file = StreamFile.Open(File.OpenHandle("/proc/self/status"), isOnDisk: true);

        file.Drop();

        Assert.False(file.IsDropped);
        Assert.NotEqual(0, file.Read(0, new byte[10]));
    }

    /// <summary>As stat(1) says it.</summary>
    private static string Blocks(StreamFile file)
    {
        using var stat = Process.Start(new ProcessStartInfo("stat", ["-L", "-c", "%b", $"/proc/{Environment.ProcessId}/fd/{file.Handle.DangerousGetHandle()}"]) { RedirectStandardOutput = true })!;
        return stat.StandardOutput.ReadToEnd().Trim();
    }

    private StreamFile Create(bool isOnDisk) => isOnDisk ? StreamFile.CreateOnDisk(_directory.Path) : StreamFile.Create("test");

    /// <summary>The same file, as an instance that comes later has it.</summary>
    private static StreamFile Another(StreamFile file) => StreamFile.Open(Descriptor.Duplicate(file.Handle), file.IsOnDisk);

    private static (bool IsMarked, bool IsEnding) MarksOf(StreamFile file)
    {
        using StreamFile another = Another(file);
        return (another.IsMarked, another.IsEnding);
    }

    private static UnixFileMode Mode(StreamFile file) => File.GetUnixFileMode((Microsoft.Win32.SafeHandles.SafeFileHandle)file.Handle);
}
