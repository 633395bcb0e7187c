using PvExec.Exec.Adapters;
using PvExec.Exec.Core.Output;
using PvExec.Linux.Files;

namespace PvExec.Exec.Tests.Adapters;

public sealed class OutputPumpTests : IDisposable
{
    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(30);
    private readonly OutputPump _pump = new();

    public void Dispose() => _pump.Dispose();

    [Fact]
    public async Task All_that_was_written_is_read_to_the_end_of_many_pipes()
    {
        var outputs = Enumerable.Range(0, 50).Select(_ => new RunOutput(1 << 20)).ToArray();
        await Task.WhenAll(outputs.Select((output, i) => Task.Run(async () =>
        {
            PipePair pipe = PipePair.Open();
            PumpedPipe pumped = _pump.Add(pipe.ReadEnd, OutputStream.Standard, output);
            PipeEnd.Write(pipe.WriteEnd, new byte[100_000 + i]);
            pipe.WriteEnd.Dispose();
            await pumped.Ended.WaitAsync(s_patience);
        })));

        Assert.Equal(Enumerable.Range(0, 50).Select(i => 100_000L + i), outputs.Select(output => output.Standard().TotalBytes));
    }

    [Fact]
    public async Task A_drain_reads_what_is_there_though_the_pipe_stays_open()
    {
        PipePair pipe = PipePair.Open();
        var output = new RunOutput(100);
        PumpedPipe pumped = _pump.Add(pipe.ReadEnd, OutputStream.Error, output);
        PipeEnd.Write(pipe.WriteEnd, "left"u8);

        await pumped.DrainAsync().WaitAsync(s_patience);

        Assert.Equal("left"u8.ToArray(), output.ErrorTail());
        Assert.False(pumped.Ended.IsCompleted);
    }

}
