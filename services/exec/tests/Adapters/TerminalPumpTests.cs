using System.Text;
using PvExec.Exec.Adapters.Output;
using PvExec.Exec.Core.Output;
using PvExec.Linux.Files;
using PvExec.Linux.Terminals;

namespace PvExec.Exec.Tests.Adapters;

/// <summary>What is shown on a terminal, on its way to the file.</summary>
public sealed class TerminalPumpTests : IDisposable
{
    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(30);

    private readonly PseudoTerminal _pty = PseudoTerminal.Open();
    private readonly PipePair _through = PipePair.Open();
    private readonly StreamFile _file = StreamFile.Create("test");
    private readonly List<OutputPump> _pumps = [];

    public void Dispose()
    {
        _pumps.ForEach(pump => pump.Dispose());
        _file.Dispose();
        _pty.Master.Dispose();
        _pty.Terminal.Dispose();
        _through.ReadEnd.Dispose();
        _through.WriteEnd.Dispose();
    }

    [Fact]
    public async Task What_an_instance_that_was_killed_had_moved_half_the_way_comes_first_and_once()
    {
        Show("half ");
        Assert.Equal(5, Splice.Move(_pty.Master, _through.WriteEnd, 100));
        Show("the way");
        (StreamLog log, PumpedPipe pumped) = Start();
        _pty.Terminal.Dispose();
        await pumped.Ended.WaitAsync(s_patience);
        Assert.Equal("half the way", Encoding.ASCII.GetString(log.Copy(0, 100)));
    }

    [Fact]
    public void What_is_left_half_the_way_comes_though_nothing_more_is_shown()
    {
        Show("left");
        Assert.Equal(4, Splice.Move(_pty.Master, _through.WriteEnd, 100));
        (StreamLog log, _) = Start();
        Assert.Equal("left", Encoding.ASCII.GetString(log.Copy(0, 100)));
    }

    [Fact]
    public async Task Whichever_instance_reads_no_byte_is_lost_or_doubled_and_offsets_stay_right()
    {
        string shown = string.Concat(Enumerable.Range(0, 100_000).Select(i => $"{i};"));
        Task writing = Task.Run(() => Show(shown));
        StreamLog log = null!;
        for (int i = 0; i < 20; i++)
        {
            PumpedPipe pumped;
            (log, pumped) = Start();
            await pumped.DrainAsync().WaitAsync(s_patience);
            _pumps[^1].Stop();
            Assert.Equal(_file.Length, log.Length);
        }

        (log, PumpedPipe last) = Start();
        await writing.WaitAsync(s_patience);
        _pty.Terminal.Dispose();
        await last.Ended.WaitAsync(s_patience);
        Assert.Equal(shown, Encoding.ASCII.GetString(log.Copy(0, long.MaxValue)));
    }

    private (StreamLog Log, PumpedPipe Pumped) Start()
    {
        var pump = new OutputPump();
        _pumps.Add(pump);
        var log = new StreamLog(StreamWindow.Of(2_000_000, 0), new ChangeSignal());
        log.Open(_file);
        var through = new PipePair(Descriptor.Duplicate(_through.ReadEnd), Descriptor.Duplicate(_through.WriteEnd));
        return (log, pump.Add(Descriptor.Duplicate(_pty.Master), log, _file, through));
    }

    private void Show(string text)
    {
        using var terminal = new FileStream(Descriptor.Duplicate(_pty.Terminal), FileAccess.Write, 0);
        terminal.Write(Encoding.ASCII.GetBytes(text));
    }
}
