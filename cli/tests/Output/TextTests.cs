using PvExec.Cli.Output;

namespace PvExec.Cli.Tests.Output;

public sealed class TextTests
{
    [Theory]
    [InlineData(0, "0 B")]
    [InlineData(1023, "1023 B")]
    [InlineData(1536, "1.5 KiB")]
    [InlineData(8.0 * 1024 * 1024, "8.0 MiB")]
    public void Sizes_have_units(double bytes, string text) => Assert.Equal(text, Text.Size(bytes));

    [Theory]
    [InlineData(0.25, "0.3s")]
    [InlineData(42, "42s")]
    [InlineData(185, "3m 5s")]
    [InlineData(7620, "2h 7m")]
    [InlineData(349200, "4d 1h")]
    public void Times_have_two_units_at_most(double seconds, string text) => Assert.Equal(text, Text.Elapsed(seconds));

    [Fact]
    public void Columns_are_aligned_and_empty_cells_are_dashes()
    {
        var table = new Table("NAME", "PID");
        table.Add("worktree", "7");
        table.Add("exec", "");
        var output = new StringWriter { NewLine = "\n" };

        table.Write(output);

        Assert.Equal("NAME      PID\nworktree  7\nexec      -\n", output.ToString());
    }
}
