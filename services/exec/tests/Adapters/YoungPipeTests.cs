using PvExec.Exec.Adapters.Output;
using PvExec.Exec.Core.Output;
using PvExec.Linux.Files;
using PvExec.Testing;

namespace PvExec.Exec.Tests.Adapters;

/// <summary>Pipes of runs that have just begun, which the pump does not watch yet.</summary>
public sealed class YoungPipeTests : IDisposable
{
    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(30);
    private readonly OutputPump _pump = new();
    private readonly PipePair _pipe = PipePair.Open();
    private readonly StreamFile _file = StreamFile.Create("young");
    private readonly StreamLog _log = new(StreamWindow.Of(1 << 20, 0), new ChangeSignal());
    private readonly PumpedPipe _pumped;

    public YoungPipeTests()
    {
        _log.Open(_file);
        _pumped = _pump.AddYoung(_pipe.ReadEnd, _log, _file);
    }

    public void Dispose()
    {
        _pump.Dispose();
        _pipe.WriteEnd.Dispose();
        _file.Dispose();
    }

    [Fact]
    public void Who_knows_that_the_writer_has_ended_has_it_read_to_the_end_at_once()
    {
        using var pump = new OutputPump(youngFor: int.MaxValue);
        PipePair pipe = PipePair.Open();
        PumpedPipe pumped = pump.AddYoung(pipe.ReadEnd, _log, _file);
        PipeEnd.Write(pipe.WriteEnd, "all"u8);
        pipe.WriteEnd.Dispose();
        Assert.Equal(0, _log.Length);

        Assert.True(pumped.TryEnd());

        Assert.Equal("all"u8.ToArray(), _log.Copy(0, 100));
        Assert.True(pumped.EndedAtOnce.IsCompleted);
        Assert.True(pumped.TryEnd());
    }

    [Fact]
    public async Task What_is_there_is_read_though_somebody_else_can_still_write_and_the_rest_follows()
    {
        using var pump = new OutputPump(youngFor: int.MaxValue);
        PipePair pipe = PipePair.Open();
        PumpedPipe pumped = pump.AddYoung(pipe.ReadEnd, _log, _file);
        PipeEnd.Write(pipe.WriteEnd, "one"u8);

        Assert.False(pumped.TryEnd());
        Assert.Equal("one"u8.ToArray(), _log.Copy(0, 100));

        PipeEnd.Write(pipe.WriteEnd, " more"u8);
        pipe.WriteEnd.Dispose();
        await pumped.Ended.WaitAsync(s_patience);
        Assert.Equal("one more"u8.ToArray(), _log.Copy(0, 100));
    }

    [Fact]
    public async Task A_run_that_goes_on_is_read_and_never_stuck()
    {
        var bytes = new byte[700_000];
        new Random(3).NextBytes(bytes);

        await Task.Run(() => PipeEnd.Write(_pipe.WriteEnd, bytes)).WaitAsync(s_patience);
        _pipe.WriteEnd.Dispose();
        await _pumped.Ended.WaitAsync(s_patience);

        Assert.Equal(bytes, _log.Copy(0, long.MaxValue));
    }

    [Fact]
    public async Task One_whose_end_nobody_looks_for_comes_to_its_end_all_the_same()
    {
        _pipe.WriteEnd.Dispose();
        await _pumped.Ended.WaitAsync(s_patience);
    }

    [Fact]
    public async Task A_drain_reads_what_is_there()
    {
        PipeEnd.Write(_pipe.WriteEnd, "left"u8);

        await _pumped.DrainAsync().WaitAsync(s_patience);

        Assert.Equal("left"u8.ToArray(), _log.Copy(0, 100));
    }

    [Fact]
    public void Once_the_pump_has_stopped_its_bytes_stay_in_the_pipe_for_the_next_instance()
    {
        using OutputPump pump = new();
        PipePair pipe = PipePair.Open();
        using var same = Descriptor.Duplicate(pipe.ReadEnd);
        PumpedPipe pumped = pump.AddYoung(pipe.ReadEnd, _log, _file);
        pump.Stop();
        PipeEnd.Write(pipe.WriteEnd, "next"u8);
        pipe.WriteEnd.Dispose();

        Assert.False(pumped.TryEnd());

        var rest = new byte[10];
        Assert.Equal(4, NonBlockingRead.Read(same, rest));
        Assert.Equal(0, _log.Length);
    }

    [Fact]
    public void One_for_the_disk_is_read_by_the_disks_own_thread()
    {
        using var directory = new TemporaryDirectory();
        using StreamFile file = StreamFile.CreateOnDisk(directory.Path);
        PipePair pipe = PipePair.Open();
        var log = new StreamLog(StreamWindow.Of(100, 0), new ChangeSignal());
        log.Open(file);
        PumpedPipe pumped = _pump.AddYoung(pipe.ReadEnd, log, file);
        PipeEnd.Write(pipe.WriteEnd, "disk"u8);
        pipe.WriteEnd.Dispose();

        Assert.True(SpinWait.SpinUntil(pumped.TryEnd, s_patience));
        Assert.Equal("disk"u8.ToArray(), log.Copy(0, 100));
    }

    /// <summary>Whoever comes first: the pump, when it begins to watch, or the one who knows of the end.</summary>
    [Fact]
    public void Nothing_is_lost_or_read_twice_whenever_the_end_is_looked_for()
    {
        Parallel.For(0, 400, new ParallelOptions { MaxDegreeOfParallelism = 8 }, i =>
        {
            var random = new Random(i);
            var bytes = new byte[random.Next(100_000)];
            random.NextBytes(bytes);
            PipePair pipe = PipePair.Open();
            using StreamFile file = StreamFile.Create("young");
            var log = new StreamLog(StreamWindow.Of(1 << 20, 0), new ChangeSignal());
            log.Open(file);
            PumpedPipe pumped = _pump.AddYoung(pipe.ReadEnd, log, file);
            PipeEnd.Write(pipe.WriteEnd, bytes);
            pipe.WriteEnd.Dispose();
            SpinWait.SpinUntil(() => false, random.Next(7));
            Task drained = random.Next(2) == 0 ? pumped.DrainAsync() : Task.CompletedTask;

            Assert.True(SpinWait.SpinUntil(pumped.TryEnd, s_patience));
            Assert.True(drained.Wait(s_patience));
            Assert.Equal(bytes, log.Copy(0, long.MaxValue));
        });
    }
}
