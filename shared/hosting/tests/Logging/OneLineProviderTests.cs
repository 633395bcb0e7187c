using System.Text;
using Microsoft.Extensions.Logging;
using PvExec.Hosting.Logging;
using PvExec.Linux.Files;

namespace PvExec.Hosting.Tests.Logging;

public sealed class OneLineProviderTests : IDisposable
{
    private readonly PipePair _pipe = PipePair.Open();
    private readonly OneLineProvider _log;

    public OneLineProviderTests() =>
        _log = new OneLineProvider(new ErrorLines("pv-exec", new ImpatientOutput((int)_pipe.WriteEnd.DangerousGetHandle())));

    public void Dispose()
    {
        _log.Dispose();
        _pipe.WriteEnd.Dispose();
        _pipe.ReadEnd.Dispose();
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

    [Fact]
    public void Lines_that_nobody_reads_are_dropped_and_counted()
    {
        string line = new('x', 60_000);
        for (int i = 0; i < 4; i++)
        {
            Write(LogLevel.Information, line); // a pipe holds 64 KiB
        }

        string first = Read();
        Write(LogLevel.Information, "again");

        Assert.StartsWith("pv-exec: " + line + "\n", first, StringComparison.Ordinal);
        Assert.Equal("pv-exec: warning: 3 lines were dropped: nobody reads standard error\npv-exec: again\n", Read());
    }

    [Fact]
    public void A_reader_that_is_gone_is_no_error()
    {
        _pipe.ReadEnd.Dispose();

        Assert.Null(Record.Exception(() => Write(LogLevel.Information, "text")));
    }

    private string Written(LogLevel level, string text, Exception? exception = null)
    {
        Write(level, text, exception);
        return Read();
    }

    private void Write(LogLevel level, string text, Exception? exception = null) => _log.Log(level, 0, text, exception, (state, _) => state);

    private string Read()
    {
        var all = new MemoryStream();
        var buffer = new byte[4096];
        NonBlockingRead.Enable(_pipe.ReadEnd);
        while (NonBlockingRead.Read(_pipe.ReadEnd, buffer) is var count and > 0)
        {
            all.Write(buffer, 0, count);
        }

        return Encoding.UTF8.GetString(all.ToArray());
    }
}
