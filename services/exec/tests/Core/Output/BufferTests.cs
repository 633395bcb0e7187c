using PvExec.Exec.Core.Output;

namespace PvExec.Exec.Tests.Core.Output;

public sealed class BufferTests
{
    [Theory]
    [InlineData(1)]
    [InlineData(7)]
    [InlineData(64)]
    [InlineData(1000)]
    public void The_head_and_the_tail_are_those_of_what_was_written(int limit)
    {
        var random = new Random(limit);
        var all = new List<byte>();
        var head = new HeadBuffer(limit);
        var tail = new TailBuffer(limit);
        for (int i = 0; i < 300; i++)
        {
            var bytes = new byte[random.Next(random.Next(150) + 1)];
            random.NextBytes(bytes);
            all.AddRange(bytes);
            head.Write(bytes);
            tail.Write(bytes);

            Assert.Equal(all.Take(limit), head.Bytes.ToArray());
            Assert.Equal(all.TakeLast(limit), tail.Last());
            Assert.Equal(all.TakeLast(Math.Min(limit, 5)), tail.Last(5));
            Assert.Equal((all.Count, all.Count > limit), ((int)head.TotalBytes, head.IsCut));
        }
    }

    [Fact]
    public void A_limit_of_zero_only_counts()
    {
        var output = new RunOutput(0);
        output.Write(OutputStream.Standard, "abc"u8);

        Assert.Equal((0, 3), (output.Standard().Bytes.Length, output.Standard().TotalBytes));
    }
}
