namespace PvExec.Exec.Tests.Tasks;

public sealed class DefinitionTests
{
    [Fact]
    public void The_tasks_that_are_delivered_have_no_fault_and_say_what_they_do_and_lock()
    {
        IReadOnlyList<TaskReading> tasks = new TaskDirectories([Script.Tasks]).List();

        Assert.Contains("common/file_read", tasks.Select(task => task.Name.Value));
        Assert.All(tasks, task =>
        {
            Assert.Empty(TaskInspection.Complete(task, "/usr/bin:/bin").Faults);
            Assert.NotEmpty(task.Definition!.Description);
            Assert.NotEmpty(task.Definition.Scopes.Claims);
        });
    }
}
