using System.Diagnostics;
using PvExec.Kernel;
using PvExec.Tasks.Adapters;
using PvExec.Tasks.Core;
using PvExec.Testing;

namespace PvExec.Tasks.Tests.Adapters;

public sealed class TaskDirectoriesTests : IDisposable
{
    private readonly TemporaryDirectory _root = new();
    private readonly TemporaryDirectory _second = new();
    private readonly TaskDirectories _tasks;

    public TaskDirectoriesTests() => _tasks = new TaskDirectories([_root.Path, _second.Path]);

    public void Dispose()
    {
        _root.Dispose();
        _second.Dispose();
    }

    [Fact]
    public void A_script_with_an_interpreter_line_is_executed_as_it_is()
    {
        string run = TaskFiles.Write(_root, "common/a/run", "#!/usr/bin/env node\n");

        Assert.Equal([run], Find("common/a").Run);
    }

    [Fact]
    public void A_script_without_one_is_run_by_bash()
    {
        string run = TaskFiles.Write(_root, "a/run", "echo hello\n");

        Assert.Equal(["bash", run], Find("a").Run);
    }

    [Fact]
    public void A_compiled_program_is_executed_as_it_is()
    {
        string run = TaskFiles.Write(_root, "a/run", "\x7f" + "ELF and more");

        Assert.Equal([run], Find("a").Run);
    }

    [Fact]
    public void The_first_root_that_has_the_directory_wins()
    {
        TaskFiles.Write(_second, "common/a/run", "true");
        TaskFiles.Write(_second, "common/b/run", "true");
        TaskFiles.Write(_root, "common/a/run", "true");

        Assert.Equal(_root.At("common/a"), Find("common/a").Directory);
        Assert.Equal(_second.At("common/b"), Find("common/b").Directory);
    }

    [Fact]
    public void Scopes_are_read_from_both_files_and_anew_each_time()
    {
        TaskFiles.Write(_root, "a/run", "true");
        Assert.Empty(Find("a").Scopes.Claims);

        TaskFiles.Write(_root, "a/input_scopes", "src\n", executable: false);
        TaskFiles.Write(_root, "a/output_scopes", "# what npm writes\ndep\n", executable: false);
        Assert.Equal("writes dep, reads src", Find("a").Scopes.ToString());
    }

    [Fact]
    public void An_executable_log_is_a_filter_and_any_other_is_not()
    {
        TaskFiles.Write(_root, "a/run", "true");
        TaskFiles.Write(_root, "a/log", "text", executable: false);
        TaskFiles.Write(_root, "b/run", "true");
        string log = TaskFiles.Write(_root, "b/log", "#!/bin/sh\ncat");

        Assert.Null(Find("a").Log);
        Assert.Equal([log], Find("b").Log);
    }

    [Theory]
    [InlineData("nothing/here", FaultKind.NotFound, "'nothing/here'")]
    [InlineData("empty", FaultKind.NotFound, "empty/run")]
    [InlineData("plain", FaultKind.FailedPrecondition, "not executable")]
    [InlineData("outside", FaultKind.InvalidArgument, "symbolic link")]
    [InlineData("loop", FaultKind.FailedPrecondition, "'loop'")]
    [InlineData("directory", FaultKind.FailedPrecondition, "directory/run:1: is not a file")]
    [InlineData("big", FaultKind.FailedPrecondition, "input_scopes:1: is larger")]
    [InlineData("scopes", FaultKind.FailedPrecondition, "output_scopes:3: scope '../x'")]
    [InlineData("two", FaultKind.FailedPrecondition, "two/timeout:1: 'soon' is no number of seconds")]
    [InlineData("two", FaultKind.FailedPrecondition, "(and 1 more: see pv_exec tasks check)")]
    [InlineData("fifo", FaultKind.FailedPrecondition, "fifo/timeout:1: is not a file")]
    [InlineData("file", FaultKind.NotFound, "'file'")]
    public void What_is_wrong_with_a_task_is_said_with_its_name(string name, FaultKind kind, string text)
    {
        Directory.CreateDirectory(_root.At("empty"));
        TaskFiles.Write(_root, "plain/run", "true", executable: false);
        Directory.CreateSymbolicLink(_root.At("outside"), "/usr");
        Directory.CreateSymbolicLink(_root.At("loop"), "loop");
        Directory.CreateDirectory(_root.At("directory/run"));
        TaskFiles.Write(_root, "big/run", "true");
        TaskFiles.Write(_root, "big/input_scopes", new string('x', 20_000), executable: false);
        TaskFiles.Write(_root, "file", "true");
        TaskFiles.Write(_root, "scopes/run", "true");
        TaskFiles.Write(_root, "scopes/output_scopes", "src\n\n../x\n", executable: false);
        TaskFiles.Write(_root, "two/run", "true");
        TaskFiles.Write(_root, "two/timeout", "soon", executable: false);
        TaskFiles.Write(_root, "two/max_concurrent", "none", executable: false);
        TaskFiles.Write(_root, "fifo/run", "true");
        Process.Start("mkfifo", [_root.At("fifo/timeout")]).WaitForExit();

        Assert.False(_tasks.Find(TaskName.Parse(name).Value).Succeeded(out Fault? fault));
        Assert.Equal(kind, fault.Kind);
        Assert.Contains(text, fault.Detail, StringComparison.Ordinal);
        Assert.Contains($"'{name}'", fault.Detail, StringComparison.Ordinal);
    }

    [Fact]
    public void A_name_as_long_as_names_may_be_is_not_found_in_few_words()
    {
        string name = string.Join('/', Enumerable.Repeat(new string('x', 255), 16));

        Assert.False(_tasks.Find(TaskName.Parse(name).Value).Succeeded(out Fault? fault));
        Assert.Equal(FaultKind.NotFound, fault.Kind);
        Assert.InRange(fault.Detail.Length, 1, 400);
    }

    [Fact]
    public void A_link_to_a_task_below_the_same_root_is_followed()
    {
        TaskFiles.Write(_root, "a/run", "true");
        Directory.CreateSymbolicLink(_root.At("b"), "a");

        Assert.Equal(_root.At("a"), Find("b").Directory);
    }

    [Fact]
    public void Every_file_of_the_directory_is_read()
    {
        TaskFiles.Write(_root, "a/run", "true");
        string finish = TaskFiles.Write(_root, "a/finish", "#!/bin/sh\n");
        foreach ((string file, string text) in new[]
        {
            ("timeout", "1.5\n"), ("timeout-kill", "2"), ("timeout-finish", "3"), ("user", "0:0\n"), ("description", "Does it.\n"), ("max_concurrent", "3\n"),
            ("env/B", "b\n"), ("env/A", ""), ("env/.hidden", "x"),
        })
        {
            TaskFiles.Write(_root, "a/" + file, text, executable: false);
        }

        TaskDefinition task = Find("a");
        Assert.Equal([finish], task.Finish);
        Assert.Equal(TimeSpan.FromSeconds(1.5), task.Timeout);
        Assert.Equal(TimeSpan.FromSeconds(2), task.TimeoutKill);
        Assert.Equal(TimeSpan.FromSeconds(3), task.TimeoutFinish);
        Assert.Equal((0u, 0u), (task.User!.Uid, task.User.Gid));
        Assert.Equal("Does it.", task.Description);
        Assert.Equal(3, task.MaxConcurrent);
        Assert.Equal([new("A", null), new("B", "b")], task.Environment);
    }

    [Fact]
    public void An_edit_counts_at_the_next_run()
    {
        TaskFiles.Write(_root, "a/run", "true");
        TaskFiles.Write(_root, "a/timeout", "soon", executable: false);
        Assert.False(_tasks.Find(TaskName.Parse("a").Value).Succeeded(out _));

        TaskFiles.Write(_root, "a/timeout", "5", executable: false);
        Assert.Equal(TimeSpan.FromSeconds(5), Find("a").Timeout);
    }

    /// <summary>As directories look that were written before there were these files.</summary>
    [Fact]
    public void Files_of_a_script_that_are_called_env_or_log_or_lib_change_nothing()
    {
        string run = TaskFiles.Write(_root, "a/run", "#!/usr/bin/env node\n");
        TaskFiles.Write(_root, "a/env", "export A=B\n", executable: false);
        TaskFiles.Write(_root, "a/log", "what happened\n", executable: false);
        TaskFiles.Write(_root, "a/lib/index.js", "", executable: false);

        TaskDefinition task = Find("a");
        Assert.Equal([run], task.Run);
        Assert.Null(task.Log);
        Assert.Empty(task.Environment);
        Assert.Equal("no scopes", task.Scopes.ToString());
        Assert.Null(task.Timeout);
        Assert.Null(task.User);
    }

    [Fact]
    public void A_root_that_is_missing_or_empty_is_named()
    {
        Assert.False(_tasks.Check().Succeeded(out Fault? empty));
        Assert.Contains(_root.Path, empty.Detail, StringComparison.Ordinal);
        Assert.False(new TaskDirectories(["/nothing/here"]).Check().Succeeded(out Fault? missing));
        Assert.Contains("/nothing/here", missing.Detail, StringComparison.Ordinal);

        TaskFiles.Write(_root, "a/run", "true");
        TaskFiles.Write(_second, "a/run", "true");
        Assert.True(_tasks.Check().Succeeded(out _));
    }

    private TaskDefinition Find(string name) => _tasks.Find(TaskName.Parse(name).Value).Value;
}
