using PvExec.InitClient;
using PvExec.Kernel;
using PvExec.Proto.Init;

namespace PvExec.Init.Tests.Published;

public sealed class CrashTests : IDisposable
{
    private readonly Installation _installation = new();

    private RuntimePaths Paths => new(_installation.Runtime);

    public void Dispose() => _installation.Dispose();

    [Fact]
    public void A_service_that_ends_too_often_is_given_up_and_the_rest_goes_on()
    {
        using RunningInit init = _installation.Launch([.. _installation.Arguments, "--restart-limit", "3"], environment: ("STAND_IN_REFUSE_PROCESS", "7"));

        init.WaitFor("process has ended 3 times in a row and is given up");
        Assert.True(SpinWait.SpinUntil(() => State("front") == "ready", RunningInit.Patience));
        Assert.Equal("failed", State("process"));
        Assert.Contains("ended with exit code 7 before it was ready", InitRestart.Restart(Paths, "process").Fault!.Detail);
        Assert.Equal(0, init.Stop());
    }

    [Fact]
    public void A_service_that_was_given_up_is_started_by_a_restart()
    {
        using RunningInit init = _installation.Start(["--restart-limit", "2"]);
        string program = Path.Combine(Path.GetDirectoryName(_installation.Init)!, "pv-exec");
        File.SetUnixFileMode(program, UnixFileMode.UserRead);
        init.Connect("exec").Order("""{"do":"exit","code":3}""");
        init.WaitFor("exec could not be started: exec: Permission denied");
        init.WaitFor("exec has ended 2 times in a row and is given up");

        File.SetUnixFileMode(program, UnixFileMode.UserRead | UnixFileMode.UserExecute);
        Assert.True(InitRestart.Restart(Paths, "exec").Succeeded(out _));

        init.WaitFor("exec was restarted as asked (pid ");
        Assert.Equal("ready", State("exec"));
        Assert.Equal(0, init.Stop());
    }

    [Fact]
    public void With_exit_on_failed_the_system_stops_in_order_when_that_service_is_given_up()
    {
        using RunningInit init = _installation.Launch(
            [.. _installation.Arguments, "--restart-limit", "2", "--exit-on-failed", "worktree", "--exit-on-failed", "process"], environment: ("STAND_IN_REFUSE_PROCESS", "7"));

        Assert.Equal(1, init.WaitForExit());
        Assert.Contains(init.Lines, line => line.Contains("stopping: process has failed"));
        Assert.Contains(init.Lines, line => line.Contains("stopping: done in"));
    }

    private string State(string service) => InitQuery.ListServices(Paths).Value.First(one => one.Name == service).State;
}
