using PvExec.InitClient;
using PvExec.Kernel;

namespace PvExec.Init.Tests.Published;

public sealed class SignalTests : IDisposable
{
    private const int Exited = 71;

    private readonly Installation _installation = new();

    public void Dispose() => _installation.Dispose();

    [Fact]
    public void Hangup_restarts_every_service_the_front_last()
    {
        using RunningInit init = _installation.Start();
        init.Signal("HUP");
        foreach (string service in new[] { "exec", "process", "worktree", "front" })
        {
            Assert.Contains(" has taken the place of pid ", init.WaitFor($"{service}: pid "));
        }

        Assert.Equal(0, init.Stop());
    }

    [Fact]
    public void Hangup_goes_on_with_the_next_service_when_one_cannot_be_restarted()
    {
        using RunningInit init = _installation.Start(environment: ("STAND_IN_STANDBY_EXEC", "exit 3"));
        init.Signal("HUP");
        init.WaitFor("exec was not restarted: the new instance of exec ended with exit code 3");
        init.WaitFor("front: pid ");
        Assert.Equal(0, init.Stop());
    }

    /// <summary>As by a shell that did <c>trap '' CHLD</c>: the kernel would forget the children of one that leaves it so.</summary>
    [Fact]
    public void Ends_are_told_though_whoever_started_it_ignored_SIGCHLD()
    {
        using RunningInit init = _installation.Start(wrapper: ["python3", "-c", "import os, signal, sys; signal.signal(signal.SIGCHLD, signal.SIG_IGN); os.execv(sys.argv[1], sys.argv[1:])"]);
        StandIn exec = init.Connect("exec");
        exec.Order("""{"do":"spawn","argv":["sh","-c","exit 7"]}""");
        Assert.Equal(7, exec.Message(Exited)[1].GetInt32());
        Assert.Equal(0, init.Stop());
    }

    [Fact]
    public void Hangup_of_the_terminal_stops()
    {
        string line = string.Join(' ', _installation.Arguments.Prepend(_installation.Init));
        using RunningInit init = _installation.LaunchWords(["script", "-qefc", line, "/dev/null"]);
        init.WaitFor("ready on");
        init.Signal("HUP");
        Assert.Equal(0, init.WaitForExit());
        Assert.Contains(init.Lines, line => line.Contains("stopping: signal 1"));
    }

    [Fact]
    public void User_signal_1_says_how_everything_is()
    {
        using RunningInit init = _installation.Start();
        init.Signal("USR1");
        foreach (string name in new[] { "init", "front", "exec", "process", "worktree" })
        {
            init.WaitFor($"status: {name}: ready, pid ");
        }

        init.WaitFor("status: children: 0 run, 0 have ended and are not acknowledged");
        Assert.Equal(0, init.Stop());
    }

    [Fact]
    public void Quit_stops_with_time_for_the_save_only()
    {
        using RunningInit init = _installation.Start(["--stop-timeout", "600"], environment: ("STAND_IN_STUCK", "process"));
        StandIn worktree = init.Connect("worktree");
        worktree.Event("welcome");
        init.Signal("QUIT");
        Assert.Equal(0, init.WaitForExit());
        worktree.Event("stop");
        Assert.Contains(init.Lines, line => line.Contains("killed process"));
    }

    [Theory]
    [InlineData(0)]
    [InlineData(7)]
    public void The_end_of_the_main_task_stops_everything_with_its_code(int code)
    {
        using RunningInit init = _installation.Start(["--main", "task:serve"]);
        init.Connect("exec").Order($$"""{"do":"notify","text":"X_PV_MAIN_EXIT={{code}}"}""");
        Assert.Equal(code, init.WaitForExit());
        Assert.Contains(init.Lines, line => line.Contains($"stopping: the main task 'serve' has ended with exit code {code}"));
        Assert.Contains(init.Lines, line => line.Contains("stopping: done in"));
    }

    [Fact]
    public void The_end_of_the_main_process_stops_everything_with_its_code()
    {
        using RunningInit init = _installation.Start(["--main", "process:web"]);
        init.Connect("process").Order("""{"do":"notify","text":"X_PV_MAIN_EXIT=9"}""");
        Assert.Equal(9, init.WaitForExit());
        Assert.Contains(init.Lines, line => line.Contains("stopping: the main process 'web' has ended with exit code 9"));
    }

    [Theory]
    [InlineData("task:serve", "process")]
    [InlineData("process:web", "exec")]
    public void Only_the_service_that_runs_it_may_tell_of_the_main_one(string main, string other)
    {
        using RunningInit init = _installation.Start(["--main", main]);
        init.Connect(other).Order("""{"do":"notify","text":"X_PV_MAIN_EXIT=7\nSTATUS=said"}""");
        Assert.True(SpinWait.SpinUntil(
            () => InitQuery.ListServices(new RuntimePaths(_installation.Runtime)).Value.Exists(one => one.StatusText == "said"), RunningInit.Patience));
        Assert.Equal(0, init.Stop());
    }
}
