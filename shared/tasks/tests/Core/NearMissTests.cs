using PvExec.Tasks.Core;

namespace PvExec.Tasks.Tests.Core;

public sealed class NearMissTests
{
    private static readonly string[] s_known =
    [
        "run", "finish", "input_scopes", "output_scopes", "timeout", "timeout-kill", "timeout-finish", "max_concurrent", "log", "env", "user", "description",
    ];

    [Theory]
    [InlineData("input-scopes", "input_scopes")]
    [InlineData("inputs_scopes", "input_scopes")]
    [InlineData("InputScopes", "input_scopes")]
    [InlineData("output-scopes", "output_scopes")]
    [InlineData("output_scope", "output_scopes")]
    [InlineData("utput_scopes", "output_scopes")]
    [InlineData("input.scopes", "input_scopes")]
    [InlineData("timeout_kill", "timeout-kill")]
    [InlineData("timeout_finnish", "timeout-finish")]
    [InlineData("timeouts", "timeout")]
    [InlineData("max-concurrent", "max_concurrent")]
    [InlineData("max_concurrency", "max_concurrent")]
    [InlineData("desciption", "description")]
    [InlineData("finsih", "finish")]
    [InlineData("Run", "run")]
    [InlineData("USER", "user")]
    [InlineData("environ", "env")]
    [InlineData("Environment", "env")]
    public void A_name_that_is_nearly_one_of_ours_is_told_which(string name, string meant) => Assert.Equal(meant, NearMiss.Of(name, s_known));

    [Theory]
    [InlineData("input_scopes")]
    [InlineData("timeout-kill")]
    [InlineData("package.json")]
    [InlineData("index.js")]
    [InlineData("down")]
    [InlineData("README")]
    [InlineData("lib")]
    [InlineData("bin")]
    [InlineData("logs")]
    [InlineData("users")]
    [InlineData("runs")]
    [InlineData("run.sh")]
    [InlineData("test")]
    [InlineData(".env")]
    [InlineData(".input_scopes.swp")]
    [InlineData("timeout.c")]
    [InlineData("description.md")]
    [InlineData("finished")]
    [InlineData("input_scopes.bak")]
    [InlineData("node_modules")]
    public void Names_of_the_tasks_own_are_not(string name) => Assert.Null(NearMiss.Of(name, s_known));
}
