using MessagePack;
using PvExec.Kernel;
using PvExec.Processes.Adapters;
using PvExec.Processes.Core.Lifecycle;
using PvExec.Processes.Tests.Engine;

namespace PvExec.Processes.Tests.Adapters;

public class SpecRecordTests
{
    private static readonly SpecRecord Record = new(EngineHarness.Spec("web", 80, "server", "-x"), 7, "one", Ended: true)
    {
        IsRemoval = true, KillAt = DateTimeOffset.FromUnixTimeMilliseconds(1234),
        End = new ProcessEnd(ExitStatus.Signaled(11, coreDumped: true), DateTimeOffset.FromUnixTimeMilliseconds(5), DateTimeOffset.FromUnixTimeMilliseconds(6)),
    };

    [Theory]
    [InlineData(16, true, true)]
    [InlineData(17, true, true)]
    [InlineData(11, true, false)]
    [InlineData(9, false, false)]
    public void Records_of_earlier_and_later_versions_are_read(int fields, bool hasEnding, bool hasEnd)
    {
        SpecRecord read = SpecRecord.Decode(WithFields(fields))!;
        Assert.True(Record.Spec.SameAs(read.Spec));
        Assert.Equal((7ul, "one", true), (read.Generation, read.InitInstance, read.Ended));
        Assert.Equal(hasEnding, read.IsRemoval);
        Assert.Equal(hasEnding ? Record.KillAt : null, read.KillAt);
        Assert.Equal(hasEnd ? Record.End : null, read.End);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(255)]
    public void An_exit_code_is_read_as_it_was_written(int code)
    {
        SpecRecord record = Record with { End = Record.End! with { Status = ExitStatus.Exited(code) } };

        Assert.Equal(record.End, SpecRecord.Decode(record.Encode())!.End);
    }

    [Fact]
    public void An_end_that_is_not_known_is_none() => Assert.Null(SpecRecord.Decode((Record with { End = null }).Encode())!.End);

    [Fact]
    public void A_record_that_is_cut_short_is_none() => Assert.Null(SpecRecord.Decode(Record.Encode().AsMemory(0, 20)));

    private static byte[] WithFields(int count)
    {
        var reader = new MessagePackReader(Record.Encode());
        int there = reader.ReadArrayHeader();
        var buffer = new System.Buffers.ArrayBufferWriter<byte>();
        var writer = new MessagePackWriter(buffer);
        writer.WriteArrayHeader(count);
        for (int i = 0; i < Math.Min(there, count); i++)
        {
            writer.WriteRaw(reader.ReadRaw());
        }

        for (int i = there; i < count; i++)
        {
            writer.Write("of a later version");
        }

        writer.Flush();
        return buffer.WrittenSpan.ToArray();
    }
}
