using System.Globalization;
using PvExec.Hosting.Logging;
using PvExec.Linux.Files;

namespace PvExec.Hosting.Tests.Logging;

public sealed class ErrorLinesTests : IDisposable
{
    /// <summary>So many of <see cref="Long"/> are more than a pipe, which holds 64 KiB, and the queue hold.</summary>
    private const int Many = 100;

    private const string Warning = "pv-exec: warning: ";

    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);
    private static readonly string Long = new('x', 60_000);

    private readonly PipePair _pipe = PipePair.Open();
    private readonly StreamReader _reader;
    private readonly ErrorLines _lines;

    public ErrorLinesTests()
    {
        _reader = new StreamReader(new FileStream(_pipe.ReadEnd, FileAccess.Read));
        _lines = Lines("pv-exec");
    }

    public void Dispose()
    {
        // Without a reader the writers get done.
        _reader.Dispose();
        Assert.True(_lines.Flush(Patience));
        _pipe.WriteEnd.Dispose();
    }

    [Fact]
    public async Task Who_logs_does_not_wait_for_a_reader_and_later_reads_whole_lines_in_order_and_how_many_are_missing()
    {
        await WriteManyAsync(_lines);
        int next = 0;
        int dropped = 0;
        while (next < Many)
        {
            string line = await ReadAsync();
            if (line.StartsWith(Warning, StringComparison.Ordinal))
            {
                int count = int.Parse(line[Warning.Length..].Split(' ')[0], CultureInfo.InvariantCulture);
                Assert.Equal($"{Warning}{count} lines were dropped: nobody reads standard error", line);
                dropped += count;
                next += count;
            }
            else
            {
                Assert.Equal($"pv-exec: {next++} {Long}", line);
            }
        }

        Assert.InRange(dropped, 1, Many - 1);

        // That was told once.
        _lines.Write("again");
        Assert.Equal("pv-exec: again", await ReadAsync());
    }

    [Fact]
    public async Task Who_logs_does_not_wait_when_another_program_fills_the_same_pipe()
    {
        ErrorLines other = Lines("pv-front");

        await Task.WhenAll(WriteManyAsync(_lines), WriteManyAsync(other));

        _reader.Dispose();
        Assert.True(other.Flush(Patience));
    }

    [Fact]
    public async Task The_end_waits_a_bounded_time_for_a_reader_and_is_told_in_full_when_there_is_one()
    {
        _lines.Write(Long);
        _lines.Write(Long);
        Assert.False(_lines.Flush(TimeSpan.FromMilliseconds(1)));
        Assert.Equal($"pv-exec: {Long}", await ReadAsync());

        _lines.Write("the last");

        Assert.Equal($"pv-exec: {Long}", await ReadAsync());
        Assert.True(_lines.Flush(Patience));
        Assert.Equal("pv-exec: the last", await ReadAsync());
    }

    [Fact]
    public void A_reader_that_is_gone_is_no_error()
    {
        _reader.Dispose();

        _lines.Write("text");

        Assert.True(_lines.Flush(Patience));
    }

    private ErrorLines Lines(string program) => new(program, new DescriptorStream((int)_pipe.WriteEnd.DangerousGetHandle()));

    private static Task WriteManyAsync(ErrorLines lines) => Task.Run(() =>
    {
        for (int i = 0; i < Many; i++)
        {
            lines.Write($"{i} {Long}");
        }
    }).WaitAsync(Patience);

    private Task<string> ReadAsync() => Task.Run(() => _reader.ReadLine()!).WaitAsync(Patience);
}
