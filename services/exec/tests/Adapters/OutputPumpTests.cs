using PvExec.Exec.Adapters;
using PvExec.Exec.Adapters.Output;
using PvExec.Exec.Core.Output;
using PvExec.Linux.Files;
using PvExec.Testing;

namespace PvExec.Exec.Tests.Adapters;

public sealed class OutputPumpTests : IDisposable
{
    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(30);
    private readonly OutputPump _pump = new();

    public void Dispose() => _pump.Dispose();

    [Fact]
    public async Task All_that_was_written_is_read_to_the_end_of_many_pipes()
    {
        StreamLog[] logs = [.. Enumerable.Range(0, 50).Select(_ => new StreamLog(StreamWindow.Of(1 << 20, 0), new ChangeSignal()))];
        await Task.WhenAll(logs.Select((log, i) => Task.Run(async () =>
        {
            PipePair pipe = PipePair.Open();
            PumpedPipe pumped = Add(log, pipe, out StreamFile file);
            using StreamFile closed = file;
            PipeEnd.Write(pipe.WriteEnd, [.. Enumerable.Repeat((byte)i, 100_000 + i)]);
            pipe.WriteEnd.Dispose();
            await pumped.Ended.WaitAsync(s_patience);
            Assert.Equal(Enumerable.Repeat((byte)i, 100_000 + i), log.Copy(0, long.MaxValue));
        })));
    }

    [Fact]
    public async Task A_drain_reads_what_is_there_though_the_pipe_stays_open()
    {
        PipePair pipe = PipePair.Open();
        var log = new StreamLog(StreamWindow.Of(100, 100), new ChangeSignal());
        PumpedPipe pumped = Add(log, pipe, out StreamFile file);
        using StreamFile closed = file;
        PipeEnd.Write(pipe.WriteEnd, "left"u8);

        await pumped.DrainAsync().WaitAsync(s_patience);

        Assert.Equal("left"u8.ToArray(), log.Copy(0, 100));
        Assert.False(pumped.Ended.IsCompleted);
    }

    [Fact]
    public async Task What_goes_to_disk_is_there_to_the_last_byte()
    {
        using var directory = new TemporaryDirectory();
        var bytes = new byte[2_000_000];
        new Random(2).NextBytes(bytes);
        PipePair pipe = PipePair.Open();
        using StreamFile file = StreamFile.CreateOnDisk(directory.Path);
        var log = new StreamLog(StreamWindow.Of(bytes.Length, 0), new ChangeSignal());
        log.Open(file);
        PumpedPipe pumped = _pump.Add(pipe.ReadEnd, log, file);
        await Task.Run(() => PipeEnd.Write(pipe.WriteEnd, bytes)).WaitAsync(s_patience);
        await pumped.DrainAsync().WaitAsync(s_patience);
        pipe.WriteEnd.Dispose();
        await pumped.Ended.WaitAsync(s_patience);

        Assert.Null(pumped.Error);
        Assert.Equal(bytes, log.Copy(0, long.MaxValue));
        Assert.Empty(Directory.EnumerateFileSystemEntries(directory.Path));
    }

    [Fact]
    public void A_directory_for_output_is_tried_and_what_is_wrong_with_it_is_said()
    {
        using var directory = new TemporaryDirectory();
        Assert.True(OutputDirectory.Check(directory.Path).Succeeded(out _));
        Assert.Empty(Directory.EnumerateFileSystemEntries(directory.Path));

        Assert.Contains(directory.At("gone"), OutputDirectory.Check(directory.At("gone")).Fault!.Detail, StringComparison.Ordinal);
        Assert.Contains("/proc", OutputDirectory.Check("/proc").Fault!.Detail, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_full_disk_neither_blocks_the_writer_nor_ends_its_pipe_and_what_comes_is_a_gap()
    {
        using StreamFile full = StreamFile.Open(File.OpenHandle("/dev/full", FileMode.Open, FileAccess.ReadWrite, FileShare.ReadWrite), isOnDisk: true);
        PipePair pipe = PipePair.Open();
        var log = new StreamLog(StreamWindow.Of(1 << 20, 0), new ChangeSignal());
        var reasons = new List<string>();
        log.Losing = why => reasons.Add(why.Message);
        log.Open(full);
        PumpedPipe pumped = _pump.Add(pipe.ReadEnd, log, full);
        await Task.Run(() => PipeEnd.Write(pipe.WriteEnd, new byte[500_000])).WaitAsync(s_patience);
        pipe.WriteEnd.Dispose();
        await pumped.Ended.WaitAsync(s_patience);

        Assert.Null(pumped.Error);
        Assert.Equal((500_000, 0), (log.Length, log.KeptBytes));
        Assert.Equal(StreamPiece.Gap(500_000), log.Read(0, new byte[10]));
        Assert.NotEmpty(reasons);
    }

    [Fact]
    public async Task A_file_that_cannot_be_written_neither_blocks_the_writer_nor_ends_its_pipe_and_what_comes_is_a_gap()
    {
        using StreamFile file = StreamFile.Open(File.OpenHandle("/dev/null", FileMode.Open, FileAccess.Read, FileShare.ReadWrite));
        PipePair pipe = PipePair.Open();
        var reasons = new List<string>();
        var log = new StreamLog(StreamWindow.Of(1 << 20, 0), new ChangeSignal()) { Losing = why => reasons.Add(why.Message) };
        log.Open(file);
        PumpedPipe pumped = _pump.Add(pipe.ReadEnd, log, file);
        await Task.Run(() => PipeEnd.Write(pipe.WriteEnd, new byte[500_000])).WaitAsync(s_patience);
        Assert.False(pumped.Ended.IsCompleted);
        pipe.WriteEnd.Dispose();
        await pumped.Ended.WaitAsync(s_patience);

        Assert.Null(pumped.Error);
        Assert.Equal((500_000, 0), (log.Length, log.KeptBytes));
        Assert.Equal(StreamPiece.Gap(500_000), log.Read(0, new byte[10]));
        Assert.NotEmpty(reasons);
    }

    [Fact]
    public async Task What_comes_later_through_a_second_pipe_is_behind_what_came_through_the_first()
    {
        PipePair first = PipePair.Open();
        PipePair second = PipePair.Open();
        var log = new StreamLog(StreamWindow.Of(100, 100), new ChangeSignal());
        PumpedPipe one = Add(log, first, out StreamFile file);
        using StreamFile closed = file;
        PipeEnd.Write(first.WriteEnd, "one "u8);
        await one.DrainAsync().WaitAsync(s_patience);
        PumpedPipe two = _pump.Add(second.ReadEnd, log, file);
        PipeEnd.Write(second.WriteEnd, "two "u8);
        await two.DrainAsync().WaitAsync(s_patience);
        PipeEnd.Write(first.WriteEnd, "late"u8);
        first.WriteEnd.Dispose();
        await one.Ended.WaitAsync(s_patience);

        Assert.Equal("one two late"u8.ToArray(), log.Copy(0, 100));
        Assert.Equal(StreamPieceKind.NothingYet, log.Read(12, new byte[1]).Kind);
        second.WriteEnd.Dispose();
        await two.Ended.WaitAsync(s_patience);
        Assert.Equal(StreamPieceKind.End, log.Read(12, new byte[1]).Kind);
    }

    [Fact]
    public async Task What_one_pump_stopped_at_another_goes_on_with_and_no_byte_is_lost_or_doubled()
    {
        var bytes = new byte[3_000_000];
        new Random(1).NextBytes(bytes);
        PipePair pipe = PipePair.Open();
        Task writing = Task.Run(() => PipeEnd.Write(pipe.WriteEnd, bytes));
        StreamFile file = StreamFile.Create("test");
        for (int i = 0; i < 20; i++)
        {
            using var pump = new OutputPump();
            var before = new StreamLog(StreamWindow.Of(bytes.Length, 0), new ChangeSignal());
            before.Open(file);
            PumpedPipe pumped = pump.Add(Duplicate(pipe.ReadEnd), before, file);
            await pumped.DrainAsync().WaitAsync(s_patience);
        }

        var log = new StreamLog(StreamWindow.Of(bytes.Length, 0), new ChangeSignal());
        log.Open(file);
        _pump.Add(pipe.ReadEnd, log, file);
        await writing.WaitAsync(s_patience);
        pipe.WriteEnd.Dispose();
        await UntilEndAsync(log);
        Assert.Equal(bytes, log.Copy(0, long.MaxValue));
        file.Dispose();
    }

    [Fact]
    public async Task A_writer_whose_output_nobody_wants_any_more_is_still_read()
    {
        PipePair pipe = PipePair.Open();
        PumpedPipe pumped = Add(new StreamLog(StreamWindow.Of(100, 100), new ChangeSignal()), pipe, out StreamFile file);
        file.Dispose();

        await Task.Run(() => PipeEnd.Write(pipe.WriteEnd, new byte[500_000])).WaitAsync(s_patience);
        pipe.WriteEnd.Dispose();
        await pumped.Ended.WaitAsync(s_patience);
    }

    [Fact]
    public async Task What_a_full_disk_cannot_keep_of_a_run_that_is_forgotten_is_read_and_dropped()
    {
        using StreamFile full = StreamFile.Open(File.OpenHandle("/dev/full", FileMode.Open, FileAccess.ReadWrite, FileShare.ReadWrite), isOnDisk: true);
        var journal = RunJournal.Create(null, onDisk: true);
        journal.Dispose();
        PipePair pipe = PipePair.Open();
        var log = new StreamLog(StreamWindow.Of(1 << 20, 0), new ChangeSignal()) { NoteLoss = loss => journal.NoteLost(OutputStream.Standard, loss) };
        log.Open(full);
        PumpedPipe pumped = _pump.Add(pipe.ReadEnd, log, full);
        await Task.Run(() => PipeEnd.Write(pipe.WriteEnd, new byte[500_000])).WaitAsync(s_patience);
        pipe.WriteEnd.Dispose();
        await pumped.Ended.WaitAsync(s_patience);

        Assert.Null(pumped.Error);
    }

    private static async Task UntilEndAsync(StreamLog log)
    {
        while (log.Read(log.Length, new byte[1]).Kind != StreamPieceKind.End)
        {
            await Task.Yield();
        }
    }

    private static Microsoft.Win32.SafeHandles.SafeFileHandle Duplicate(System.Runtime.InteropServices.SafeHandle handle) =>
        File.OpenHandle($"/proc/self/fd/{handle.DangerousGetHandle()}", FileMode.Open, FileAccess.Read, FileShare.ReadWrite);

    private PumpedPipe Add(StreamLog log, PipePair pipe, out StreamFile file)
    {
        file = StreamFile.Create("test");
        log.Open(file);
        return _pump.Add(pipe.ReadEnd, log, file);
    }
}
