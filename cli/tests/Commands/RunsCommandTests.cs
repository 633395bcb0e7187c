using System.Text.Json;
using PvExec.Cli.Tests.Rig;

namespace PvExec.Cli.Tests.Commands;

public sealed class RunsCommandTests
{
    [Fact]
    public async Task Runs_are_listed_in_a_table()
    {
        await using TestDaemon daemon = await TestDaemon.StartAsync();

        Ran ran = await Ran.CommandAsync("-p", daemon.Port, "runs");

        Assert.Equal("", ran.Error);
        Assert.Equal(
            """
            RUN  TASK          STATE    SINCE                 EXIT
            R1   common/build  ended    1970-01-01 00:01:00Z  0
            R2   common/build  ended    1970-01-01 00:01:00Z  signal 9
            R3   common/build  not run  1970-01-01 00:00:00Z  cannot\x1B be started
            R4   common/build  running  1970-01-01 00:01:00Z  -
            R5   common/build  waiting  1970-01-01 00:00:00Z  -

            """,
            ran.Text);
    }

    [Fact]
    public async Task Runs_are_listed_as_JSON()
    {
        await using TestDaemon daemon = await TestDaemon.StartAsync();

        Ran ran = await Ran.CommandAsync("-p", daemon.Port, "runs", "--json");

        JsonElement runs = JsonDocument.Parse(ran.Text).RootElement;
        Assert.Equal("common/build", runs[0].GetProperty("task").GetString());
        Assert.Equal(0, runs[0].GetProperty("exitCode").GetInt32());
        Assert.Equal(9, runs[1].GetProperty("exitSignal").GetInt32());
        Assert.Equal("running", runs[3].GetProperty("state").GetString());
        Assert.Equal(JsonValueKind.Null, runs[3].GetProperty("exitCode").ValueKind);
    }

    [Fact]
    public async Task Without_a_daemon_one_line_says_so()
    {
        Ran ran = await Ran.CommandAsync("-p", "1", "runs");

        Assert.Equal(111, ran.Code);
        Assert.StartsWith("pv_exec: no daemon answers at 127.0.0.1:1", ran.Error, StringComparison.Ordinal);
        Assert.Single(ran.Error.TrimEnd('\n').Split('\n'));
        Assert.Empty(ran.Output);
    }
}
