using PvExec.Tasks.Core;

namespace PvExec.Tasks.Tests.Core;

public sealed class SettingLineTests
{
    [Theory]
    [InlineData("src\ndep\n", "1 src|2 dep")]
    [InlineData("src\r\ndep\r\n", "1 src|2 dep")]
    [InlineData("\n# what it reads\n  src  \n\n\t#no\ndep", "3 src|6 dep")]
    [InlineData("\uFEFFsrc", "1 src")]
    [InlineData("a#b\nwith space", "1 a#b|2 with space")]
    [InlineData("", "")]
    public void Lines_that_say_something_keep_their_numbers(string text, string lines) =>
        Assert.Equal(lines, string.Join('|', SettingLine.Of(text).Select(line => $"{line.Number} {line.Text}")));
}
