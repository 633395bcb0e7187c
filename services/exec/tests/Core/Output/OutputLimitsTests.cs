using PvExec.Exec.Core.Output;
using PvExec.Kernel;

namespace PvExec.Exec.Tests.Core.Output;

public sealed class OutputLimitsTests
{
    private const long Head = 1000;
    private const long Tail = 2000;

    [Fact]
    public void What_a_caller_does_not_say_is_the_default()
    {
        Assert.Equal(StreamWindow.Of(Head, Tail), OutputLimits.Default.Window(Head, Tail, 0, 0));
        Assert.Equal(StreamWindow.Of(50_000, Tail), OutputLimits.Default.Window(Head, Tail, leastHead: 50_000, 0));
        Assert.Equal(StreamWindow.Of(Head, 50_000), OutputLimits.Default.Window(Head, Tail, 0, leastTail: 50_000));
        Assert.Equal(StreamWindow.Of(0, Tail), new OutputLimits { HeadBytes = 0 }.Window(Head, Tail, 0, 0));
        Assert.Equal(StreamWindow.Of(Head, 7), new OutputLimits { TailBytes = 7 }.Window(Head, Tail, 0, 0));
    }

    [Theory]
    [InlineData(null, null, false)]
    [InlineData(0L, 0L, false)]
    [InlineData(OutputLimits.MaxMemoryBytes, 0L, false)]
    [InlineData(OutputLimits.MaxMemoryBytes - Tail, null, false)]
    [InlineData(OutputLimits.MaxDiskBytes - 1, 1L, true)]
    public void Up_to_the_most_anything_goes(long? head, long? tail, bool onDisk) =>
        Assert.Null(new OutputLimits { HeadBytes = head, TailBytes = tail, OnDisk = onDisk }.Problem(Head, Tail));

    [Theory]
    [InlineData(OutputLimits.MaxMemoryBytes, 1L, false)]
    [InlineData(OutputLimits.MaxMemoryBytes, null, false)]
    [InlineData(null, OutputLimits.MaxMemoryBytes, false)]
    [InlineData(-1L, 0L, false)]
    [InlineData(long.MaxValue, long.MaxValue, true)]
    public void Beyond_it_a_caller_is_told_the_most_and_what_to_do(long? head, long? tail, bool onDisk)
    {
        Fault fault = new OutputLimits { HeadBytes = head, TailBytes = tail, OnDisk = onDisk }.Problem(Head, Tail)!;

        Assert.Equal(FaultKind.InvalidArgument, fault.Kind);
        Assert.Contains(onDisk ? "more than 4GiB" : "more than 16MiB", fault.Detail, StringComparison.Ordinal);
        Assert.Equal(!onDisk, fault.Detail.Contains("on_disk", StringComparison.Ordinal));
    }
}
