using PvExec.IntegrationTests.Rig;

namespace PvExec.IntegrationTests.Exec;

public sealed class ExecTests(SharedDaemon shared) : IClassFixture<SharedDaemon>
{
    private readonly TestContainer _daemon = shared.Container;

    [Fact]
    public async Task A_task_reads_the_data_and_answers_its_output()
    {
        await _daemon.AddTaskAsync("upper", "tr a-z A-Z");

        CallResult result = await _daemon.RunTaskAsync("upper", "hello");

        Assert.Equal("HELLO", result.Text);
        Assert.True(result.Answer.GetProperty("completed").GetBoolean());
        Assert.Equal("0", result.Trailers["pv-exit-code"]);
    }

    [Fact]
    public async Task Key_values_are_in_the_environment_and_nothing_of_ours_is()
    {
        await _daemon.AddTaskAsync("group/environment", "env");

        string[] lines = (await _daemon.RunTaskAsync("group/environment", "", ("WORD", "a=b c"))).Text.Split('\n');

        Assert.Contains("WORD=a=b c", lines);
        Assert.DoesNotContain(lines, line => line.StartsWith("PV_EXEC_", StringComparison.Ordinal)
            || line.StartsWith("LISTEN_", StringComparison.Ordinal) || line.StartsWith("NOTIFY_SOCKET", StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_task_runs_in_its_own_directory()
    {
        await _daemon.AddTaskAsync("where", "pwd; [ -e run ] && echo beside");

        Assert.Equal($"{Paths.OwnTasks}/where\nbeside\n", (await _daemon.RunTaskAsync("where")).Text);
    }

    [Fact]
    public async Task A_run_file_with_an_interpreter_line_is_executed_as_it_is()
    {
        await _daemon.AddTaskAsync("node", "#!/usr/bin/env node\nconsole.log(`from node ${process.argv.length}`);\n");

        Assert.Equal("from node 2\n", (await _daemon.RunTaskAsync("node")).Text);
    }

    [Fact]
    public async Task A_log_file_filters_the_output()
    {
        await _daemon.AddTaskAsync("filtered", "echo one; echo two", log: "#!/bin/sh\nsed 's/^/> /'\n");

        Assert.Equal("> one\n> two\n", (await _daemon.RunTaskAsync("filtered")).Text);
    }

    [Fact]
    public async Task A_task_that_fails_answers_its_output_and_its_exit_code()
    {
        await _daemon.AddTaskAsync("fails", "echo partly; exit 7");

        CallResult result = await _daemon.RunTaskAsync("fails");

        Assert.Equal("partly\n", result.Text);
        Assert.Equal("7", result.Trailers["pv-exit-code"]);
    }

    [Fact]
    public async Task A_task_that_is_killed_answers_the_signal()
    {
        await _daemon.AddTaskAsync("killed", "kill -KILL $$");

        CallResult result = await _daemon.RunTaskAsync("killed");

        Assert.Equal("OK", result.Code);
        Assert.Contains("pv-exit-signal", result.Trailers.Keys);
        Assert.DoesNotContain("pv-exit-code", result.Trailers.Keys);
    }

    [Fact]
    public async Task Without_waiting_the_call_answers_at_once_and_the_task_runs_on()
    {
        await _daemon.AddTaskAsync("long", "until [ -e /tmp/go ]; do sleep 0.02; done; echo done >/tmp/long-done");

        CallResult result = await _daemon.StartTaskAsync("long");

        Assert.False(result.Ok().Answer.GetProperty("completed").GetBoolean());
        Assert.Empty(result.Data);
        Assert.NotEqual(0, (await _daemon.ShellAsync("cat /tmp/long-done")).ExitCode);
        _ = (await _daemon.ShellAsync("touch /tmp/go")).Text;
        await _daemon.WaitUntilAsync("[ -e /tmp/long-done ]");
    }

    [Theory]
    [InlineData("no/such/task")]
    [InlineData("../tasks/outside")]
    [InlineData("/srv/outside")]
    [InlineData("linked-out")]
    [InlineData("not-executable")]
    [InlineData("no-run")]
    public async Task A_task_that_cannot_be_run_is_an_error_that_names_it(string task)
    {
        await _daemon.WriteAsync("/srv/outside/run", "echo escaped", "755");
        await _daemon.WriteAsync($"{Paths.OwnTasks}/not-executable/run", "echo ran", "644");
        _ = (await _daemon.ShellAsync($"ln -sfn /srv/outside {Paths.OwnTasks}/linked-out; mkdir -p {Paths.OwnTasks}/no-run")).Text;

        CallResult result = await _daemon.RunTaskAsync(task);

        Assert.NotEqual("OK", result.Code);
        Assert.NotEqual("UNKNOWN", result.Code);
        Assert.Contains(task, result.Details, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Nine_megabytes_pass_both_ways()
    {
        await _daemon.AddTaskAsync("cat", "cat");
        _ = await _daemon.RunTaskAsync("cat", "makes the client");
        const string Script = """
            head -c 9000000 /dev/urandom >/tmp/nine
            printf '{"task_name":"cat","wait_for_completion":true,"data":"%s"}' "$(base64 -w0 /tmp/nine)" \
                | python3 /tmp/client/call.py Exec - \
                | python3 -c 'import base64, json, sys; sys.stdout.buffer.write(base64.b64decode(json.load(sys.stdin)["answer"]["data"]))' \
                | cmp - /tmp/nine && echo same
            """;

        Assert.Equal("same", (await _daemon.ShellAsync(Script)).Text);
    }
}
