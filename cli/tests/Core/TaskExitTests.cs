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
        Assert.Null(Remark(new Exited { Code = 1 }));
        Assert.Contains("timeout", Remark(new Exited { TimedOut = true }), StringComparison.Ordinal);
        Assert.Contains("memory", Remark(new Exited { OomKilled = true }), StringComparison.Ordinal);
    }

    [Fact]
    public void A_finish_that_failed_is_told_and_one_that_did_not_only_on_request()
    {
        Assert.Null(Remark(new Exited { Finish = new FinishEnd { Code = 0 } }));
        Assert.Equal("finish of 't' ended: exit code 0", TaskExit.Remark("t", new Exited { Finish = new FinishEnd { Code = 0 } }, isVerbose: true));
        Assert.Equal("finish of 't' failed: exit code 3", Remark(new Exited { Finish = new FinishEnd { Code = 3 } }));
        Assert.Equal("finish of 't' failed: signal 9 (timed out)", Remark(new Exited { Finish = new FinishEnd { Signaled = new Signaled { Signal = 9 }, TimedOut = true } }));
        Assert.Equal(
            "'t' was ended because its timeout had passed; finish of 't' failed: not started: no such file",
            Remark(new Exited { TimedOut = true, Finish = new FinishEnd { NotStarted = "no such file" } }));
    }

    private static string? Remark(Exited exited) => TaskExit.Remark("t", exited, isVerbose: false);
}
