using PvExec.Cli.Core;

namespace PvExec.Cli.Tests.Core;

public sealed class TaskExitTests
{
    [Theory]
    [InlineData("0", null, 0)]
    [InlineData("7", null, 7)]
    [InlineData("255", null, 255)]
    [InlineData(null, "9", 137)]
    [InlineData(null, "15", 143)]
    [InlineData(null, null, 0)]
    [InlineData("x", null, 0)]
    public void The_exit_code_is_what_a_shell_would_report(string? code, string? signal, int expected) =>
        Assert.Equal(expected, TaskExit.ShellCode(code, signal));
}
