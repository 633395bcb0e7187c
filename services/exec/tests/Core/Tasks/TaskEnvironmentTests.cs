using PvExec.Exec.Core.Tasks;

namespace PvExec.Exec.Tests.Core.Tasks;

public sealed class TaskEnvironmentTests
{
    private static readonly string[] s_inherited = ["PATH=/bin", "LANG=C", "EQUALS=a=b"];

    [Fact]
    public void The_caller_wins_over_the_task_and_the_task_over_the_daemon() =>
        Assert.Equal(
            ["PATH=/bin", "LANG=task", "EQUALS=a=b", "PV_APP_ROOT=/app", "MODE=caller"],
            TaskEnvironment.Of(s_inherited, "/app", [new("LANG", "task"), new("MODE", "task")], [new("MODE", "first"), new("MODE", "caller")]));

    [Fact]
    public void The_task_takes_away_what_it_does_not_want_to_inherit() =>
        Assert.Equal(
            ["PATH=/bin", "EQUALS=caller"],
            TaskEnvironment.Of(s_inherited, null, [new("LANG", null), new("EQUALS", null), new("ABSENT", null)], [new("EQUALS", "caller")]));

    [Fact]
    public void A_root_that_is_inherited_stays() =>
        Assert.Equal(["PV_APP_ROOT=/other"], TaskEnvironment.Of(["PV_APP_ROOT=/other"], "/app", [], []));
}
