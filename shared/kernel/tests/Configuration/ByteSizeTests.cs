using PvExec.Kernel.Configuration;

namespace PvExec.Kernel.Tests.Configuration;

public sealed class ByteSizeTests
{
    [Theory]
    [InlineData("0", 0L)]
    [InlineData("65537", 65_537L)]
    [InlineData("64K", 65_536L)]
    [InlineData("64KiB", 65_536L)]
    [InlineData("1.5M", 1_572_864L)]
    [InlineData("4GiB", 4_294_967_296L)]
    public void A_size_has_a_unit_or_none(string text, long bytes) => Assert.Equal(bytes, ByteSize.Parse(text));

    [Theory]
    [InlineData("")]
    [InlineData("MiB")]
    [InlineData("-1")]
    [InlineData("1kb")]
    [InlineData("1 MiB")]
    [InlineData("1.3")]
    [InlineData("1e3")]
    [InlineData("9223372036854775807G")]
    [InlineData("99999999999999999999999999999999999")]
    public void Anything_else_is_none(string text) => Assert.Null(ByteSize.Parse(text));

    [Theory]
    [InlineData(0L, "0")]
    [InlineData(1023L, "1023")]
    [InlineData(1_572_864L, "1536KiB")]
    [InlineData(8L << 20, "8MiB")]
    [InlineData(4L << 30, "4GiB")]
    public void A_size_is_written_so_that_it_can_be_read_again(long bytes, string text)
    {
        Assert.Equal(text, ByteSize.Text(bytes));
        Assert.Equal(bytes, ByteSize.Parse(text));
    }
}
