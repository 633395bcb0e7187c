using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Win32.SafeHandles;
using PvExec.Linux.Files;
using PvExec.Processes.Adapters;
using PvExec.Testing;

namespace PvExec.Processes.Tests.Adapters;

public sealed class OutputTests : IDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    private readonly TemporaryDirectory _directory = new();

    private string Logs => Path.Combine(_directory.Path, "logs");

    public void Dispose() => _directory.Dispose();

    [Fact]
    public void A_full_log_starts_anew_and_keeps_one_older_file()
    {
        string path = Path.Combine(Logs, "web.log");
        using (var file = new LogFile(path, maxBytes: 10))
        {
            Take(file, "12345678abcdefgh"u8);
        }

        using (var again = new LogFile(path, maxBytes: 10))
        {
            Take(again, "!"u8);
        }

        Assert.Equal("cdefgh!", File.ReadAllText(path));
        Assert.Equal("12345678ab", File.ReadAllText(path + ".1"));
    }

    [Fact]
    public async Task Output_is_in_the_log_when_the_pipe_has_come_to_its_end()
    {
        OutputLogs logs = NewLogs();
        PipePair pipe = PipePair.Open();
        OutputReader reader = logs.Read("web", pipe.ReadEnd);
        using (var writing = new FileStream(pipe.WriteEnd, FileAccess.Write, bufferSize: 0))
        {
            writing.Write([0, 255, 10]);
        }

        await reader.Ended.WaitAsync(Patience);
        Assert.Equal([0, 255, 10], File.ReadAllBytes(Path.Combine(Logs, "web.log")));
        Assert.True(reader.Pipe.IsClosed);
    }

    [Fact]
    public async Task What_one_reader_leaves_the_next_goes_on_with_and_no_byte_is_lost_or_there_twice()
    {
        const int count = 400_000;
        byte[] sent = [.. Enumerable.Range(0, count).Select(number => (byte)(number * 31 >> 3))];
        PipePair pipe = PipePair.Open();
        Task writing = Task.Run(() =>
        {
            using var stream = new FileStream(pipe.WriteEnd, FileAccess.Write, bufferSize: 0);
            for (int at = 0; at < count; at += 1000)
            {
                stream.Write(sent, at, 1000);
            }
        });
        OutputLogs logs = NewLogs();
        OutputReader reader = logs.Read("web", pipe.ReadEnd);
        while (!writing.IsCompleted)
        {
            await logs.StopAsync().WaitAsync(Patience);
            if (reader.Pipe.IsClosed)
            {
                break;
            }

            logs = NewLogs();
            reader = logs.Read("web", new SafeFileHandle(reader.Pipe.DangerousGetHandle(), ownsHandle: false));
        }

        await writing;
        await reader.Ended.WaitAsync(Patience);
        Assert.Equal(sent, File.ReadAllBytes(Path.Combine(Logs, "web.log")));
        pipe.ReadEnd.Dispose();
    }

    [Fact]
    public async Task Output_that_cannot_be_written_is_taken_all_the_same()
    {
        await File.WriteAllTextAsync(Logs, "in the way");
        PipePair pipe = PipePair.Open();
        OutputReader reader = NewLogs().Read("web", pipe.ReadEnd);
        using (var writing = new FileStream(pipe.WriteEnd, FileAccess.Write, bufferSize: 0))
        {
            // More than a pipe holds: it is written only if somebody reads.
            writing.Write(new byte[1_000_000]);
        }

        await reader.Ended.WaitAsync(Patience);
        Assert.True(reader.Pipe.IsClosed);
    }

    private OutputLogs NewLogs() => new(Logs, NullLogger<OutputLogs>.Instance);

    private static void Take(LogFile file, ReadOnlySpan<byte> bytes)
    {
        PipePair pipe = PipePair.Open();
        using (var writing = new FileStream(pipe.WriteEnd, FileAccess.Write, bufferSize: 0))
        {
            writing.Write(bytes);
        }

        while (file.TakeFrom(pipe.ReadEnd) > 0)
        {
        }

        pipe.ReadEnd.Dispose();
    }
}
