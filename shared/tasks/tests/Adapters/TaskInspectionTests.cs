using PvExec.Tasks.Adapters;
using PvExec.Tasks.Core;
using PvExec.Testing;

namespace PvExec.Tasks.Tests.Adapters;

public sealed class TaskInspectionTests : IDisposable
{
    private readonly TemporaryDirectory _root = new();
    private readonly TemporaryDirectory _programs = new();

    public TaskInspectionTests()
    {
        TaskFiles.Write(_programs, "nodelike", "");
        TaskFiles.Write(_programs, "plain", "", executable: false);
        Directory.CreateDirectory(_programs.At("directory"));
    }

    public void Dispose()
    {
        _root.Dispose();
        _programs.Dispose();
    }

    [Theory]
    [InlineData("#!/bin/sh\n")]
    [InlineData("#!/usr/bin/env nodelike\n")]
    [InlineData("#!/usr/bin/env -S nodelike --flag\n")]
    [InlineData("#!/usr/bin/env -i something\n")]
    [InlineData("\u007fELF")]
    public void An_interpreter_that_is_there_is_no_fault(string text)
    {
        TaskFiles.Write(_root, "a/run", text);

        Assert.Empty(Inspect());
    }

    [Theory]
    [InlineData("#!/opt/none/ruby\n", "names the interpreter '/opt/none/ruby', which does not exist")]
    [InlineData("#!python3\n", "names the interpreter 'python3', which does not exist")]
    [InlineData("#!/etc/passwd\n", "names the interpreter '/etc/passwd', which is not executable")]
    [InlineData("#!/etc\n", "names the interpreter '/etc', which is not executable")]
    [InlineData("#!/usr/bin/env nod\n", "names the interpreter 'nod', which is not in PATH (")]
    [InlineData("#!/usr/bin/env plain\n", "names the interpreter 'plain', which is not in PATH (")]
    [InlineData("#!/usr/bin/env directory\n", "names the interpreter 'directory', which is not in PATH (")]
    [InlineData("#!/usr/bin/env ./nod\n", "names the interpreter './nod', which does not exist or is not executable")]
    [InlineData("#!/usr/bin/env nodelike --flag\n", "write #!/usr/bin/env -S nodelike --flag")]
    [InlineData("#!/usr/bin/env\n", "names no interpreter behind /usr/bin/env")]
    [InlineData("#!/bin/sh\r\n", "ends its first line with a carriage return")]
    [InlineData("#!\n", "names no interpreter behind #!")]
    [InlineData("true\n", "has no #! line, so bash runs it, which is not in PATH (")]
    public void One_that_is_not_is_named_at_the_first_line(string text, string problem)
    {
        TaskFiles.Write(_root, "a/run", text);

        TaskFault fault = Assert.Single(Inspect());
        Assert.Equal((_root.At("a/run"), 1), (fault.File, fault.Line));
        Assert.Contains(problem, fault.Detail, StringComparison.Ordinal);
    }

    [Fact]
    public void Finish_and_a_filter_are_looked_at_as_well_and_a_log_that_is_none_is_not()
    {
        TaskFiles.Write(_root, "a/run", "#!/bin/sh\n");
        TaskFiles.Write(_root, "a/log", "#!/none\n");
        TaskFiles.Write(_root, "a/finish", "#!/none\n");
        TaskFiles.Write(_root, "b/run", "#!/bin/sh\n");
        TaskFiles.Write(_root, "b/log", "#!/none\n", executable: false);

        Assert.Equal([_root.At("a/log"), _root.At("a/finish")], Inspect().Select(fault => fault.File));
    }

    [Fact]
    public void The_tasks_own_PATH_counts()
    {
        TaskFiles.Write(_root, "a/run", "#!/usr/bin/env nodelike\n");
        TaskFiles.Write(_root, "a/env/PATH", "/bin", executable: false);
        Assert.Contains("not in PATH (/bin)", Assert.Single(Inspect()).Detail, StringComparison.Ordinal);

        TaskFiles.Write(_root, "a/run", "#!/usr/bin/env own\n");
        TaskFiles.Write(_root, "a/env/PATH", "programs", executable: false);
        TaskFiles.Write(_root, "a/programs/own", "");
        Assert.Empty(Inspect());
    }

    [Fact]
    public void Names_that_are_nearly_those_of_read_files_are_faults_and_what_a_task_has_of_its_own_is_not()
    {
        TaskFiles.Write(_root, "a/run", "#!/bin/sh\n");
        TaskFiles.Write(_root, "a/input-scopes", "src", executable: false);
        TaskFiles.Write(_root, "a/environ/A", "b", executable: false);
        foreach (string own in new[] { "package.json", "index.js", "down", "README", "Environment/staging.json", "LOG", "lib/x", "node_modules/timeout_kill", "User/x", "timeouts/x" })
        {
            TaskFiles.Write(_root, "a/" + own, "", executable: false);
        }

        Assert.Equal(
            [$"{_root.At("a/environ")}:1: is not read: did you mean env?", $"{_root.At("a/input-scopes")}:1: is not read: did you mean input_scopes?"],
            Inspect().Select(fault => fault.ToString()));
    }

    [Fact]
    public void What_is_found_so_does_not_keep_a_task_from_being_started()
    {
        TaskFiles.Write(_root, "a/run", "#!/none\n");
        TaskFiles.Write(_root, "a/max-concurrent", "1", executable: false);

        Assert.True(new TaskDirectories([_root.Path]).Find(TaskName.Parse("a").Value).Succeeded(out _));
    }

    private TaskFault[] Inspect() =>
        [.. new TaskDirectories([_root.Path]).List().SelectMany(task => TaskInspection.Complete(task, _programs.Path).Faults)];
}
