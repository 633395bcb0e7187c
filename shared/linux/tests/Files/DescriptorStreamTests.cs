using Microsoft.Win32.SafeHandles;
using PvExec.Linux.Files;

namespace PvExec.Linux.Tests.Files;

public sealed class DescriptorStreamTests
{
    [Fact]
    public void The_position_is_that_of_everybody_who_shares_the_descriptor()
    {
        using SafeFileHandle file = MemoryFile.Create("test", "onetwo"u8);
        using SafeFileHandle same = Descriptor.Duplicate(file);
        var stream = new DescriptorStream((int)file.DangerousGetHandle());
        var buffer = new byte[3];

        Assert.Equal(3, stream.Read(buffer));
        Assert.Equal("one"u8, buffer);
        Assert.Equal(3, FilePosition.Get(same));

        stream.Write("TWO!"u8);
        Assert.Equal(7, FilePosition.Get(same));
    }

    [Fact]
    public void A_pipe_that_nobody_reads_says_so()
    {
        PipePair pipe = PipePair.Open(nonBlocking: false);
        using (pipe.WriteEnd)
        {
            pipe.ReadEnd.Dispose();

            var thrown = Assert.Throws<SystemCallException>(() => new DescriptorStream((int)pipe.WriteEnd.DangerousGetHandle()).Write("x"u8));
            Assert.Equal(Errno.EPIPE, thrown.Errno);
        }
    }

    [Fact]
    public async Task A_pipe_that_does_not_wait_is_waited_for_all_the_same()
    {
        PipePair pipe = PipePair.Open(nonBlocking: true);
        using (pipe.ReadEnd)
        using (pipe.WriteEnd)
        {
            var written = new byte[1 << 20];
            new Random(1).NextBytes(written);
            // Far more than a pipe holds: either side finds it full or empty again and again.
            Task writing = Task.Run(() => new DescriptorStream((int)pipe.WriteEnd.DangerousGetHandle()).Write(written));
            var reader = new DescriptorStream((int)pipe.ReadEnd.DangerousGetHandle());
            var read = new byte[written.Length];
            await Task.Run(() => reader.ReadExactly(read));
            await writing;

            Assert.Equal(written, read);
        }
    }
}
