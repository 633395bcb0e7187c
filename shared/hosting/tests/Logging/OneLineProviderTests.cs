using System.Text;
using Microsoft.Extensions.Logging;
using PvExec.Hosting.Logging;
using PvExec.Linux.Files;

namespace PvExec.Hosting.Tests.Logging;

public sealed class OneLineProviderTests : IDisposable
{
    private readonly PipePair _pipe = PipePair.Open();
    private readonly FileStream _reader;
    private readonly ErrorLines _lines;
    private readonly OneLineProvider _log;

    public OneLineProviderTests()
    {
        _reader = new FileStream(_pipe.ReadEnd, FileAccess.Read, bufferSize: 0);
        _lines = new ErrorLines("pv-exec", new DescriptorStream((int)_pipe.WriteEnd.DangerousGetHandle()));
        _log = new OneLineProvider(_lines);
    }

    public void Dispose()
    {
        _log.Dispose();
        _pipe.WriteEnd.Dispose();
        _reader.Dispose();
    }

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

    private string Written(LogLevel level, string text, Exception? exception = null)
    {
        _log.Log(level, 0, text, exception, (state, _) => state);
        Assert.True(_lines.Flush(TimeSpan.FromSeconds(30)));
        var buffer = new byte[4096];
        return Encoding.UTF8.GetString(buffer, 0, _reader.Read(buffer));
    }
}
