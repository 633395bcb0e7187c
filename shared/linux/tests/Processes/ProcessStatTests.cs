using PvExec.Linux.Processes;

namespace PvExec.Linux.Tests.Processes;

public sealed class ProcessStatTests
{
    [Theory]
    [InlineData("7 (a) R 1 (b) S 5 6 8 0 -1 4194560 1 2 3 4 5 6 7 8 20 0 1 0 1234 99 42 18446744073709551615 1")]
    [InlineData("7 (sh) S 5 6 8 0 -1 4194560 1 2 3 4 5 6 7 8 20 0 1 0 1234 99 42")]
    [InlineData("7 () S 5 6 8 34816 7 4194560 1 2 3 4 5 6 7 8 20 0 1 0 1234 18446744073709551615 42 1\n")]
    public void A_line_is_read_whatever_the_name_holds(string line) =>
        Assert.Equal(new ProcessStat(7, 'S', 5, 6, 8, 1234, 42), ProcessStat.Parse(7, System.Text.Encoding.UTF8.GetBytes(line)));

    [Theory]
    [InlineData("")]
    [InlineData("nonsense")]
    [InlineData("7 (a)")]
    [InlineData("7 (a) ")]
    [InlineData("7 (a) S 5")]
    public void What_is_no_line_is_none(string line) => Assert.Null(ProcessStat.Parse(7, System.Text.Encoding.UTF8.GetBytes(line)));

    [Fact]
    public void This_process_is_among_all_of_them()
    {
        ProcessStat self = ProcessStat.TryRead(Environment.ProcessId)!.Value;

        Assert.Contains(ProcessStat.ReadAll(), process => process.Pid == self.Pid && process.StartTicks == self.StartTicks && process.Parent == self.Parent);
        Assert.False(self.IsZombie);
        Assert.True(self.ResidentPages > 0);
    }

    [Fact]
    public void A_number_that_nobody_has_is_no_process() => Assert.Null(ProcessStat.TryRead(int.MaxValue));
}
