using PvExec.Api.V1;
using PvExec.Cli.Core;
using PvExec.Cli.Output;
using PvExec.Cli.Tests.Rig;

namespace PvExec.Cli.Tests.Core;

public sealed class WaitTextTests
{
    [Theory]
    [InlineData(true, "max_concurrent of common/build (R1 runs, for 5.0s)")]
    [InlineData(false, "max_concurrent of common/build (R1 waits longer, for 5.0s)")]
    public void The_limit_of_a_tasks_runs_is_called_by_its_name_and_not_a_scope(bool holds, string text)
    {
        var user = new ScopeUser { Scope = "/tasks/common/build", Holder = "R1", Reason = "common/build", Holds = holds, Since = Told.Time, IsMaxConcurrent = true };

        Assert.Equal(text, WaitText.Of([user], Told.Time.ToDateTimeOffset().AddSeconds(5)));
    }

    [Theory]
    [InlineData("", "", true, true, "src (common/build R1 writes it)", "src", "src")]
    [InlineData("src/app", "", true, true, "src/app (common/build R1 writes src)", "src/app", "src")]
    [InlineData("", "src/app", true, false, "src (common/build R1 reads src/app)", "src", "src/app")]
    [InlineData("src/app", "", false, true, "src/app (common/build R1 waits longer to write src)", "src/app", "src")]
    public void Both_scopes_are_named_where_one_lies_in_the_other(string wanted, string used, bool holds, bool writes, string text, string rowWanted, string rowUsed)
    {
        var user = new ScopeUser { Scope = "src", Holder = "R1", Reason = "common/build", Holds = holds, Writes = writes, Wanted = wanted, Used = used };

        Assert.Equal(text, WaitText.Of([user], default));
        Assert.Equal((rowWanted, rowUsed, "src"), (WaitRow.From(user).Wanted, WaitRow.From(user).Used, WaitRow.From(user).Scope));
    }
}
