using System.Text.Json;
using PvExec.Cli.Tests.Rig;
using PvExec.Testing;

namespace PvExec.Cli.Tests.Commands;

public sealed class TasksCommandTests : IDisposable
{
    private readonly TemporaryDirectory _root = new();

    public TasksCommandTests()
    {
        TaskFiles.Write(_root, "common/read/run", "true");
        TaskFiles.Write(_root, "common/read/input_scopes", "src\n", executable: false);
        TaskFiles.Write(_root, "common/read/description", "Prints a file.\nAs it is.\n", executable: false);
        TaskFiles.Write(_root, "slow/run", "#!/bin/sh\n");
        TaskFiles.Write(_root, "slow/timeout", "1.5", executable: false);
        TaskFiles.Write(_root, "slow/max_concurrent", "2", executable: false);
        TaskFiles.Write(_root, "slow/env/A", "a\u001b", executable: false);
        TaskFiles.Write(_root, "slow/env/B", "", executable: false);
        TaskFiles.Write(_root, "slow/finish", "#!/bin/sh\n");
        TaskFiles.Write(_root, "slow/timeout-finish", "2.5", executable: false);
    }

    public void Dispose() => _root.Dispose();

    [Fact]
    public async Task All_tasks_are_listed_without_a_daemon()
    {
        Ran ran = await TasksAsync("list");

        Assert.Equal((0, ""), (ran.Code, ran.Error));
        Assert.Equal(
            "NAME         READS  WRITES  DESCRIPTION\ncommon/read  src    -       Prints a file.\nslow         -      -       -\n",
            ran.Text);
    }

    [Fact]
    public async Task A_task_is_described_in_lines()
    {
        Ran ran = await TasksAsync("describe", "slow");

        Assert.Equal((0, ""), (ran.Code, ran.Error));
        Assert.Equal(
            [
                "name            slow", $"directory       {_root.At("slow")}", $"run             {_root.At("slow/run")}", $"finish          {_root.At("slow/finish")}",
                "max concurrent  2", "timeout         1.5s, killed 5s later", "finish timeout  2.5s", "env             A=a\\x1B", "env             B is taken away",
            ],
            ran.Text.TrimEnd('\n').Split('\n'));
    }

    [Fact]
    public async Task A_task_is_described_as_JSON()
    {
        JsonElement task = JsonDocument.Parse((await TasksAsync("describe", "slow", "--json")).Text).RootElement;

        Assert.Equal("slow", task.GetProperty("name").GetString());
        Assert.Equal(1.5, task.GetProperty("timeoutSeconds").GetDouble());
        Assert.Equal(2.5, task.GetProperty("timeoutFinishSeconds").GetDouble());
        Assert.Equal(2, task.GetProperty("maxConcurrent").GetInt32());
        Assert.Equal(JsonValueKind.Null, task.GetProperty("environment").GetProperty("B").ValueKind);
        Assert.Equal(0, task.GetProperty("faults").GetArrayLength());
    }

    [Fact]
    public async Task Check_says_nothing_when_nothing_is_wrong()
    {
        Ran ran = await TasksAsync("check");

        Assert.Equal((0, "", ""), (ran.Code, ran.Text, ran.Error));
        Assert.Equal("[]\n", (await TasksAsync("check", "--json")).Text);
    }

    [Fact]
    public async Task Check_names_every_fault_of_every_task_with_file_and_line()
    {
        TaskFiles.Write(_root, "slow/timeout", "# soon\nsoon\n", executable: false);
        TaskFiles.Write(_root, "slow/output_scopes", "src\n..\n", executable: false);
        TaskFiles.Write(_root, "gone/finish", "true");

        Ran ran = await TasksAsync("check");

        Assert.Equal(1, ran.Code);
        Assert.Equal("pv_exec: 3 faults in 2 of 3 tasks\n", ran.Error);
        Assert.Equal(
            [
                $"{_root.At("gone/run")}:1: is missing: a task is a directory with an executable file run",
                $"{_root.At("slow/output_scopes")}:2: scope '..' has the segment '..': write the path from the top",
                $"{_root.At("slow/timeout")}:2: 'soon' is no number of seconds from 0.001 to 2592000: write one such as 30 or 0.5, or remove the file",
            ],
            ran.Text.TrimEnd('\n').Split('\n'));

        JsonElement faults = JsonDocument.Parse((await TasksAsync("check", "--json")).Text).RootElement;
        Assert.Equal(3, faults.GetArrayLength());
        Assert.Equal(2, faults[1].GetProperty("line").GetInt32());
        Assert.Equal("slow", faults[1].GetProperty("task").GetString());
    }

    [Fact]
    public async Task Check_names_interpreters_that_are_not_there_and_files_that_are_not_read()
    {
        TaskFiles.Write(_root, "slow/run", "#!/usr/bin/env none-of-this-name\n");
        TaskFiles.Write(_root, "slow/timeout_kill", "1", executable: false);

        Ran ran = await TasksAsync("check");

        Assert.Equal((1, "pv_exec: 2 faults in 1 of 2 tasks\n"), (ran.Code, ran.Error));
        Assert.Equal(
            [
                $"{_root.At("slow/run")}:1: names the interpreter 'none-of-this-name', which is not in PATH (/bin:/usr/bin): install it, or give the task another PATH in env/PATH",
                $"{_root.At("slow/timeout_kill")}:1: is not read: did you mean timeout-kill?",
            ],
            ran.Text.TrimEnd('\n').Split('\n'));
    }

    [Fact]
    public async Task A_task_with_a_fault_is_described_by_it()
    {
        TaskFiles.Write(_root, "slow/user", "nobody-of-this-name", executable: false);

        Ran ran = await TasksAsync("describe", "slow");

        Assert.Equal(1, ran.Code);
        Assert.StartsWith($"{_root.At("slow/user")}:1: no user 'nobody-of-this-name'", ran.Text, StringComparison.Ordinal);
        Assert.Contains("1 fault, cannot run", (await TasksAsync("list")).Text, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("nothing", 1, "no task 'nothing'")]
    [InlineData("nothing", 1, ": 'pv_exec tasks list --exec-config-root /")]
    [InlineData("../x", 100, "'..'")]
    [InlineData("/etc", 100, "absolute")]
    public async Task A_name_without_a_task_is_refused(string name, int code, string reason)
    {
        Ran ran = await TasksAsync("describe", name);

        Assert.Equal((code, ""), (ran.Code, ran.Text));
        Assert.Contains(reason, ran.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_daemons_variable_stands_in_for_the_flag()
    {
        Ran ran = await Ran.WithAsync(["tasks", "list"], variables: new() { ["PV_EXEC_EXEC_CONFIG_ROOT"] = $"{_root.At("common")}:{_root.Path}" });

        Assert.Equal(["common/read", "read", "slow"], ran.Text.Split('\n').Skip(1).Where(line => line.Length > 0).Select(line => line.Split(' ')[0]));
    }

    [Theory]
    [InlineData("tasks list", "no -exec-config-root is given")]
    [InlineData("tasks check -exec-config-root nothing", "/here/nothing")]
    public async Task Without_a_root_that_is_there_it_is_a_usage_error(string words, string reason)
    {
        Ran ran = await Ran.CommandAsync(words.Split(' '));

        Assert.Equal(100, ran.Code);
        Assert.Contains(reason, ran.Error, StringComparison.Ordinal);
    }

    private Task<Ran> TasksAsync(params string[] words) => Ran.CommandAsync(["tasks", .. words, "-exec-config-root", _root.Path]);
}
