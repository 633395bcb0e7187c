using PvExec.Kernel;
using PvExec.Tasks.Adapters;
using PvExec.Tasks.Core;
using PvExec.Testing;

namespace PvExec.Tasks.Tests.Adapters;

public sealed class TaskListingTests : IDisposable
{
    private readonly TemporaryDirectory _root = new();
    private readonly TemporaryDirectory _second = new();
    private readonly TaskDirectories _tasks;

    public TaskListingTests() => _tasks = new TaskDirectories([_root.Path, "/nothing/here", _second.Path]);

    public void Dispose()
    {
        _root.Dispose();
        _second.Dispose();
    }

    private IEnumerable<string> Names => _tasks.List().Select(task => task.Name.Value);

    [Fact]
    public void Tasks_of_all_roots_are_listed_once_in_the_order_of_their_names()
    {
        TaskFiles.Write(_root, "common/b/run", "true");
        TaskFiles.Write(_root, "a/run", "true");
        TaskFiles.Write(_root, "common/lib.sh", "", executable: false);
        TaskFiles.Write(_root, ".git/x/run", "true");
        TaskFiles.Write(_second, "common/a/run", "true");
        TaskFiles.Write(_second, "a/run", "true");

        Assert.Equal(["a", "common/a", "common/b"], Names);
        Assert.Equal(_root.At("a"), _tasks.List()[0].Definition!.Directory);
    }

    [Fact]
    public void What_lies_below_a_task_belongs_to_it()
    {
        TaskFiles.Write(_root, "a/run", "true");
        TaskFiles.Write(_root, "a/node_modules/x/run", "true");

        Assert.Equal(["a"], Names);
    }

    [Fact]
    public void A_task_that_lacks_its_run_is_listed_with_that_fault()
    {
        TaskFiles.Write(_root, "a/output_scopes", "src", executable: false);

        Assert.Equal(FaultKind.NotFound, Assert.Single(Assert.Single(_tasks.List()).Faults).Kind);
    }

    [Fact]
    public void Links_are_followed_within_the_root_and_loops_are_left()
    {
        TaskFiles.Write(_root, "common/a/run", "true");
        Directory.CreateSymbolicLink(_root.At("alias"), "common/a");
        Directory.CreateSymbolicLink(_root.At("group"), "common");
        Directory.CreateSymbolicLink(_root.At("common/loop"), "../common");
        Directory.CreateSymbolicLink(_root.At("common/up"), "..");
        Directory.CreateSymbolicLink(_root.At("dangling"), "nowhere");

        Assert.Equal(["alias", "common/a", "group/a"], Names);
    }

    [Fact]
    public void A_link_out_of_the_root_is_a_fault_when_there_are_tasks_behind_it()
    {
        TaskFiles.Write(_second, "x/y/run", "true");
        Directory.CreateSymbolicLink(_root.At("one"), _second.At("x/y"));
        Directory.CreateSymbolicLink(_root.At("group"), _second.At("x"));
        Directory.CreateSymbolicLink(_root.At("library"), "/usr/share");

        TaskReading[] linked = [.. _tasks.List().Where(task => task.Definition is null)];
        Assert.Equal(["group", "one"], linked.Select(task => task.Name.Value));
        Assert.All(linked, task => Assert.Equal(FaultKind.InvalidArgument, Assert.Single(task.Faults).Kind));
    }
}
