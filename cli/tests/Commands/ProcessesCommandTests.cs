using System.Text.Json;
using PvExec.Cli.Tests.Rig;

namespace PvExec.Cli.Tests.Commands;

public sealed class ProcessesCommandTests
{
    [Fact]
    public async Task Processes_are_listed_with_how_they_ended_and_a_port_that_is_not_exposed_is_a_warning()
    {
        await using TestDaemon daemon = await TestDaemon.StartAsync();

        Ran ran = await Ran.CommandAsync("-p", daemon.Port, "processes");

        Assert.Equal(0, ran.Code);
        Assert.Equal("pv_exec: warning: process 'web': port 80 is another program's (nginx)\n", ran.Error);
        Assert.Equal(
            """
            NAME    STATE     PID  PORT  EXPOSED AT  SINCE                 EXIT      COMMAND
            done    FINISHED  -    -     -           1970-01-01 00:01:00Z  1         false
            killed  FINISHED  -    -     -           1970-01-01 00:01:00Z  signal 9  sleep 1
            lost    FINISHED  -    -     -           -                     unknown   nothing
            web     RUNNING   7    3000  80          1970-01-01 00:00:00Z  -         node a\x1B b

            """,
            ran.Text);
    }

    [Fact]
    public async Task One_process_is_shown_by_its_name_as_JSON()
    {
        await using TestDaemon daemon = await TestDaemon.StartAsync();

        Ran ran = await Ran.CommandAsync("-p", daemon.Port, "processes", "killed", "--json");

        JsonElement process = Assert.Single(JsonDocument.Parse(ran.Text).RootElement.EnumerateArray().ToArray());
        Assert.Equal(("killed", 9), (process.GetProperty("name").GetString(), process.GetProperty("exitSignal").GetInt32()));
        Assert.Equal(JsonValueKind.Null, process.GetProperty("exitCode").ValueKind);
        Assert.Equal("1970-01-01T00:01:00+00:00", process.GetProperty("ended").GetString());
        Assert.Equal(["sleep", "1"], process.GetProperty("command").EnumerateArray().Select(word => word.GetString()));
    }

    [Fact]
    public async Task A_name_that_is_not_configured_is_a_failure_that_names_it()
    {
        await using TestDaemon daemon = await TestDaemon.StartAsync();

        Ran ran = await Ran.CommandAsync("-p", daemon.Port, "processes", "other");

        Assert.Equal((1, "", "pv_exec: process 'other' is not configured\n"), (ran.Code, ran.Text, ran.Error));
    }
}
