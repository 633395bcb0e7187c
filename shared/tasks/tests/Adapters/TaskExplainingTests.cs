using PvExec.Kernel;
using PvExec.Tasks.Adapters;
using PvExec.Tasks.Core;
using PvExec.Testing;

namespace PvExec.Tasks.Tests.Adapters;

/// <summary>What is said of directories that are named, or listed, as tasks and are none.</summary>
public sealed class TaskExplainingTests : IDisposable
{
    private readonly TemporaryDirectory _root = new();

    public TaskExplainingTests()
    {
        TaskFiles.Write(_root, "common/a/run", "true");
        TaskFiles.Write(_root, "common/a/env/timeout", "1", executable: false);
        TaskFiles.Write(_root, "common/a/lib/deep/x", "", executable: false);
        TaskFiles.Write(_root, "empty/README", "", executable: false);
    }

    public void Dispose() => _root.Dispose();

    [Theory]
    [InlineData("common/a/env", "common/a/env", "belongs to the task 'common/a' and is none itself: name that one")]
    [InlineData("common/a/lib/deep", "common/a/lib/deep", "belongs to the task 'common/a' and is none itself: name that one")]
    [InlineData("common", "common", "holds tasks, such as 'common/a', and is none itself: name one of them")]
    [InlineData("empty", "empty/run", "is missing: a task is a directory with an executable file run")]
    public void A_directory_without_run_is_called_what_it_is(string name, string file, string detail)
    {
        Fault fault = Find(_root.Path, name);

        Assert.Equal(new Fault(FaultKind.NotFound, $"task '{name}': {_root.At(file)}:1: {detail}"), fault);
    }

    [Fact]
    public void So_it_is_over_a_symbolic_link()
    {
        Directory.CreateSymbolicLink(_root.At("linked"), "common");

        Assert.Contains("belongs to the task 'common/a'", Find(_root.Path, "linked/a/env").Detail, StringComparison.Ordinal);
    }

    [Fact]
    public void A_root_that_is_a_task_is_no_root()
    {
        TaskFault fault = Assert.Single(Assert.Single(new TaskDirectories([_root.At("common/a")]).List()).Faults);

        Assert.Equal(
            $"{_root.At("common/a/env")}:1: lies in {_root.At("common/a")}, which is a task and no config root: name the directory above that as config root",
            fault.ToString());
    }

    [Fact]
    public void Variables_of_a_directory_without_run_say_that_it_should_be_a_task()
    {
        TaskFiles.Write(_root, "new/env/timeout", "1", executable: false);
        TaskFiles.Write(_root, "env/timeout", "1", executable: false);

        Assert.Equal(
            [
                $"{_root.At("env")}:1: holds the variables of a task, and lies in none: move it into the task's directory",
                $"{_root.At("new/run")}:1: is missing: a task is a directory with an executable file run; that it should be one, its directory env says",
            ],
            new TaskDirectories([_root.Path]).List().SelectMany(task => task.Faults).Select(fault => fault.ToString()));
    }

    [Fact]
    public void A_name_that_no_task_has_is_told_how_to_find_those_there_are()
    {
        Assert.EndsWith(
            $": 'pv_exec tasks list --exec-config-root {_root.Path} --exec-config-root /none' says which there are",
            new TaskDirectories([_root.Path, "/none"]).Find(TaskName.Parse("gone").Value).Fault!.Detail);
        Assert.EndsWith("'pv_exec tasks list' says which there are", TaskName.Parse(new string('x', 256)).Fault!.Detail);
    }

    private static Fault Find(string root, string name) => new TaskDirectories([root]).Find(TaskName.Parse(name).Value).Fault!;
}
