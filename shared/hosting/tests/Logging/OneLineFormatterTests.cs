using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;
using PvExec.Hosting.Logging;

namespace PvExec.Hosting.Tests.Logging;

public sealed class OneLineFormatterTests
{
    [Theory]
    [InlineData(LogLevel.Debug, "pv-exec: debug: text\n")]
    [InlineData(LogLevel.Information, "pv-exec: text\n")]
    [InlineData(LogLevel.Warning, "pv-exec: warning: text\n")]
    [InlineData(LogLevel.Error, "pv-exec: error: text\n")]
    [InlineData(LogLevel.Critical, "pv-exec: error: text\n")]
    public void A_line_names_the_program_and_the_level(LogLevel level, string line) => Assert.Equal(line, Written(level, "text"));

    [Fact]
    public void Text_of_several_lines_becomes_one() =>
        Assert.Equal("pv-exec: warning: task 'a b' failed\n", Written(LogLevel.Warning, "task 'a\nb' failed"));

    [Fact]
    public void An_exception_follows_on_lines_of_its_own() =>
        Assert.Equal(
            "pv-exec: error: text\nSystem.InvalidOperationException: oh\n",
            Written(LogLevel.Error, "text", new InvalidOperationException("oh")));

    private static string Written(LogLevel level, string text, Exception? exception = null)
    {
        var formatter = new OneLineFormatter(Options.Create(new OneLineFormatterOptions { Program = "pv-exec" }));
        using var output = new StringWriter { NewLine = "\n" };
        formatter.Write(new LogEntry<string>(level, "Category", 0, text, exception, (state, _) => state), null, output);
        return output.ToString();
    }
}
