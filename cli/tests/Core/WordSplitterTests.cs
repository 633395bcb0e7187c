using PvExec.Cli.Core;
using PvExec.Kernel;

namespace PvExec.Cli.Tests.Core;

public sealed class WordSplitterTests
{
    [Theory]
    [InlineData("", new string[0])]
    [InlineData("  \t ", new string[0])]
    [InlineData("node server.js", new[] { "node", "server.js" })]
    [InlineData("  a   b\tc\n", new[] { "a", "b", "c" })]
    [InlineData("a 'b c' d", new[] { "a", "b c", "d" })]
    [InlineData("a \"b c\" d", new[] { "a", "b c", "d" })]
    [InlineData("a'b'\"c\"d", new[] { "abcd" })]
    [InlineData("'' \"\"", new[] { "", "" })]
    [InlineData("a\\ b", new[] { "a b" })]
    [InlineData("\\'a", new[] { "'a" })]
    [InlineData("'a\\b'", new[] { "a\\b" })]
    [InlineData("\"a\\\"b\\\\c\\n\"", new[] { "a\"b\\c\\n" })]
    [InlineData("\"it's\"", new[] { "it's" })]
    [InlineData("$HOME *.js `ls`", new[] { "$HOME", "*.js", "`ls`" })]
    public void Words_are_split_as_by_a_shell_that_expands_nothing(string command, string[] words) =>
        Assert.Equal(words, WordSplitter.Split(command).Value);

    [Theory]
    [InlineData("a 'b", "quote ' at character 3")]
    [InlineData("a \"b\\\"", "quote \" at character 3")]
    [InlineData("a\\", "lone backslash")]
    public void What_is_left_open_is_named(string command, string named)
    {
        Fault fault = WordSplitter.Split(command).Fault!;

        Assert.Equal(FaultKind.InvalidArgument, fault.Kind);
        Assert.Contains(named, fault.Detail, StringComparison.Ordinal);
    }
}
