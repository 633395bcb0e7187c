using PvExec.IntegrationTests.Rig;

namespace PvExec.IntegrationTests.Supervision;

/// <summary>The end of the main task or process is the end of the container, with its exit code.</summary>
public sealed class MainTests
{
    private static readonly ContainerSpec WithCommand = new()
    {
        Arguments =
        [
            .. ContainerSpec.DaemonArguments("tree"), "-main", "process:web", "--",
            "bash", "-c", "pwd; echo errors >&2; mkfifo gate; read code <gate; exit $code",
        ],
    };

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task The_command_behind_the_dashes_runs_in_the_worktree_prints_to_the_log_and_ends_the_container(bool terminal)
    {
        await using TestContainer container = await TestContainer.StartAsync(WithCommand with { Terminal = terminal });
        await container.WaitUntilAsync($"[ -p {Paths.Worktree}/gate ]");

        _ = await container.ShellAsync($"echo 7 >{Paths.Worktree}/gate");

        Assert.Equal(7, await container.ExitAsync());
        string[] lines = (await container.LogsAsync()).ReplaceLineEndings("\n").Split('\n');
        Assert.Contains(lines, line => line.EndsWith(" " + Paths.Worktree, StringComparison.Ordinal));
        Assert.Contains(lines, line => line.EndsWith(" errors", StringComparison.Ordinal));
        Assert.Contains(lines, line => line.Contains("the main process 'web' has ended with exit code 7", StringComparison.Ordinal));
        Assert.DoesNotContain(lines, line => line.Contains('\e', StringComparison.Ordinal)); // nobody has set the terminal up
    }

    [Theory]
    [InlineData("cat")]
    [InlineData(null)]
    public async Task What_the_main_task_prints_is_in_the_log_and_what_its_finish_prints(string? filter)
    {
        await using TestContainer machine = await TestContainer.StartAsync(ContainerSpec.Idle);
        await machine.AddTaskAsync("main", "echo output; echo errors >&2; exit 3", log: filter);
        await machine.WriteAsync($"{Paths.OwnTasks}/main/finish", "#!/bin/sh\necho finished $1", "755");

        ShellResult ended = await machine.ShellAsync($"pv_exec daemon -exec-config-root {Paths.OwnTasks} -main task:main");

        Assert.Equal((3, "output\nfinished 3\n"), (ended.ExitCode, ended.Output));
        Assert.Contains("errors", ended.ErrorLines);
    }

    [Theory]
    [InlineData("-- no-such-program")]
    [InlineData("-main task:unstartable")]
    public async Task That_the_main_one_cannot_be_started_is_told_once(string flags)
    {
        await using TestContainer machine = await TestContainer.StartAsync(ContainerSpec.Idle);
        await machine.WriteAsync("/tmp/tasks/unstartable/run", "#!/no-such-program", "755");

        ShellResult ended = await machine.ShellAsync($"pv_exec daemon -exec-config-root /tmp/tasks {flags}");

        Assert.Equal(111, ended.ExitCode);
        Assert.Single(ended.ErrorLines, line => line.Contains("error: ", StringComparison.Ordinal) || line.Contains("warning: ", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("pv_exec services restart process")]
    [InlineData("kill -9 $(pidof pv-process)")]
    public async Task Its_end_counts_whatever_became_of_pv_process(string meanwhile)
    {
        await using TestContainer container = await TestContainer.StartAsync(WithCommand);
        await container.WaitUntilAsync($"[ -p {Paths.Worktree}/gate ]");
        _ = await container.ShellAsync(meanwhile);
        await container.WaitUntilAsync("pv_exec process web state | grep -q STARTING");

        _ = await container.ShellAsync($"echo 9 >{Paths.Worktree}/gate");

        Assert.Equal(9, await container.ExitAsync());
    }

    [Fact]
    public async Task A_restart_is_not_its_end_and_its_removal_is_a_stop_in_order()
    {
        await using TestContainer container = await TestContainer.StartAsync(ContainerSpec.Daemon with { Arguments = [.. ContainerSpec.Daemon.Arguments, "-main", "process:web"] });
        _ = (await container.ShellAsync("pv_exec process -start-cmd 'sleep 1000' -run-path /tmp web enable")).Text;
        string before = (await container.ShellAsync("pidof sleep")).Text;
        _ = (await container.ShellAsync("pv_exec process -start-cmd 'sleep 1001' web restart")).Text;
        Assert.NotEqual(before, (await container.ShellAsync("pidof sleep")).Text);

        _ = await container.ShellAsync("pv_exec process web disable");

        Assert.Equal(0, await container.ExitAsync());
    }

    [Theory]
    [InlineData("-- no-such-program", 111, "the main process 'main' could not be started")]
    [InlineData("-main task:no-such-task", 111, "no-such-task")]
    [InlineData("-main task:serve", 3, "the main task 'serve' has ended with exit code 3")]
    [InlineData("-main task:serve -- bash", 100, "-main 'task:serve' is given with the command 'bash' behind --")]
    public async Task What_is_told_of_the_main_one_is_the_daemons_exit_code(string flags, int code, string line)
    {
        await using TestContainer container = await TestContainer.StartAsync(ContainerSpec.Idle);
        await container.WriteAsync("/tmp/tasks/serve/run", "exit 3\n", "755");

        ShellResult ended = await container.ShellAsync($"pv_exec daemon -exec-config-root /tmp/tasks {flags}");

        Assert.Equal(code, ended.ExitCode);
        Assert.Contains(line, ended.Errors, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("exec")]
    [InlineData("process")]
    [InlineData("worktree")]
    [InlineData("front")]
    public async Task A_service_that_stands_still_is_started_again(string service)
    {
        await using TestContainer container = await TestContainer.StartAsync(ContainerSpec.Daemon with { Arguments = [.. ContainerSpec.Daemon.Arguments, "-watchdog", "2"] });
        string before = (await container.ShellAsync($"p=$(pidof pv-{service}); kill -STOP $p; echo $p")).Text.Trim();

        await container.WaitUntilAsync($"[ \"$(pidof pv-{service})\" != {before} ] && {TestContainer.Answers}");

        await container.WaitForLogAsync($"{service} (pid {before}) has given no sign of life for 2 s");
    }

    [Fact]
    public async Task A_service_that_has_no_descriptor_left_to_ask_itself_with_is_not_taken_for_one_that_stands_still()
    {
        await using TestContainer container = await TestContainer.StartAsync(ContainerSpec.Daemon with { Arguments = [.. ContainerSpec.Daemon.Arguments, "-watchdog", "2"] });
        string exec = (await container.ShellAsync("pidof pv-exec")).Text;
        _ = (await container.ShellAsync($"prlimit --pid {exec} --nofile=8:4096")).Text;

        // One that does stand still is found twice meanwhile.
        for (int i = 0; i < 2; i++)
        {
            // Signs of life are expected of a service that is ready.
            await container.WaitUntilAsync("pv_exec processes");
            string before = (await container.ShellAsync("p=$(pidof pv-process); kill -STOP $p; echo $p")).Text;
            await container.WaitUntilAsync($"p=$(pidof pv-process) && [ $p != {before} ]");
        }

        Assert.Equal(exec, (await container.ShellAsync("pidof pv-exec")).Text);
        _ = (await container.ShellAsync($"prlimit --pid {exec} --nofile=1024:4096")).Text;
        await container.WaitUntilAsync("pv_exec runs");
    }
}
