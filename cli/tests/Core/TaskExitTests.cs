using PvExec.Api.V1;
using PvExec.Cli.Core;

namespace PvExec.Cli.Tests.Core;

public sealed class TaskExitTests
{
    [Theory]
    [InlineData(0)]
    [InlineData(7)]
    [InlineData(255)]
    public void A_code_is_the_exit_code(int code) => Assert.Equal(code, TaskExit.Status(new Exited { Code = code }).ShellCode);

    [Theory]
    [InlineData(9, 137)]
    [InlineData(15, 143)]
    public void A_signal_is_what_a_shell_would_report(int signal, int expected) =>
        Assert.Equal(expected, TaskExit.Status(new Exited { Signaled = new Signaled { Signal = signal } }).ShellCode);

    [Fact]
    public void A_timeout_and_a_kill_for_memory_are_named()
    {
        Assert.Null(TaskExit.Remark("t", new Exited { Code = 1 }));
        Assert.Contains("timeout", TaskExit.Remark("t", new Exited { TimedOut = true }), StringComparison.Ordinal);
        Assert.Contains("memory", TaskExit.Remark("t", new Exited { OomKilled = true }), StringComparison.Ordinal);
    }
}
