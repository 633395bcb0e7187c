using PvExec.Linux.Processes;

namespace PvExec.Linux.Tests.Processes;

public class ProcessLimitsTests
{
    [Theory]
    [InlineData("Limit  Soft  Hard\nMax file locks            281474976710657      unlimited            locks     \nMax x 1 2\n", 281474976710657UL)]
    [InlineData("Max cpu time 1\nMax file locks            unlimited            unlimited            locks     \n", null)]
    [InlineData("Max cpu time 1\n", null)]
    [InlineData("", null)]
    public void The_limit_of_file_locks_is_read_from_the_table(string table, ulong? expected) =>
        Assert.Equal(expected, ProcessLimits.ParseFileLocks(System.Text.Encoding.ASCII.GetBytes(table)));

    [Fact]
    public void A_process_that_is_not_there_has_none()
    {
        Assert.Null(ProcessLimits.FileLocks(int.MaxValue));
        Assert.NotNull(ProcessLimits.TryGetHard(7));
        Assert.Null(ProcessLimits.TryGetHard(99));
    }
}
