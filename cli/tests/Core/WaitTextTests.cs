using PvExec.Api.V1;
using PvExec.Cli.Core;
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
}
