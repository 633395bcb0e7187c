using PvExec.Exec.Core.Tasks;
using PvExec.Kernel;

namespace PvExec.Exec.Tests.Core.Tasks;

public sealed class TaskVariablesTests
{
    [Theory]
    [InlineData("", "v", "empty")]
    [InlineData("A=B", "v", "'A=B'")]
    [InlineData("A\0", "v", "'A\\x00'")]
    [InlineData("A", "v\0", "'A'")]
    public void A_variable_that_execve_cannot_pass_on_is_refused_by_name(string name, string value, string reason)
    {
        Fault? fault = TaskVariables.Problem([new("GOOD", "x"), new(name, value)]);

        Assert.Equal(FaultKind.InvalidArgument, fault?.Kind);
        Assert.Contains(reason, fault!.Detail, StringComparison.Ordinal);
    }

    [Fact]
    public void A_value_may_hold_anything_else() => Assert.Null(TaskVariables.Problem([new("A", "x=y\n\"'"), new("A", "")]));
}
