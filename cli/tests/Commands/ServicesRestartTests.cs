using System.Text.Json;
using PvExec.Cli.Tests.Rig;

namespace PvExec.Cli.Tests.Commands;

public sealed class ServicesRestartTests
{
    [Theory]
    [InlineData("services", "restart", "exec", "--runtime-dir", "rt")]
    [InlineData("services", "-runtime-dir", "rt", "restart", "exec")]
    public async Task One_service_is_restarted(params string[] words)
    {
        Ran ran = await Ran.CommandAsync(words);

        Assert.Equal((0, "exec restarted\n", ""), (ran.Code, ran.Text, ran.Error));
        Assert.Equal(["exec"], ran.Restarted);
        Assert.Equal("/here/rt", ran.AskedDirectory);
    }

    [Fact]
    public async Task All_are_restarted_one_after_the_other_and_the_front_last()
    {
        Ran ran = await Ran.CommandAsync("services", "restart", "--all");

        Assert.Equal(0, ran.Code);
        Assert.Equal(["exec", "process", "worktree", "front"], ran.Restarted);
    }

    [Fact]
    public async Task What_was_restarted_is_shown_as_JSON()
    {
        Ran ran = await Ran.CommandAsync("services", "restart", "exec", "--json");

        JsonElement row = Assert.Single(JsonDocument.Parse(ran.Text).RootElement.EnumerateArray());
        Assert.Equal(("exec", 42), (row.GetProperty("name").GetString(), row.GetProperty("pid").GetInt32()));
    }

    [Fact]
    public async Task The_first_that_fails_ends_it_with_one_line_and_code_1()
    {
        Ran ran = await Ran.WithAsync(["services", "restart", "--all"], variables: new() { ["FAIL"] = "" });

        Assert.Equal((1, "pv_exec: the new instance of process ended\n"), (ran.Code, ran.Error));
        Assert.Equal(["exec", "process"], ran.Restarted);
    }

    [Theory]
    [InlineData("pv_exec: 'nobody' is no service: name one of front, exec, process, worktree\n", "nobody")]
    [InlineData("pv_exec: name one service (front, exec, process, worktree), or give --all\n")]
    [InlineData("pv_exec: name one service (front, exec, process, worktree), or give --all\n", "exec", "--all")]
    public async Task Anything_else_is_refused_with_the_known_names(string line, params string[] words)
    {
        Ran ran = await Ran.CommandAsync(["services", "restart", .. words]);

        Assert.Equal((100, line), (ran.Code, ran.Error));
        Assert.Empty(ran.Restarted);
    }
}
