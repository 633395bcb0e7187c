using PvExec.IntegrationTests.Rig;

namespace PvExec.IntegrationTests.Cli;

/// <summary>A command that gives its task the terminal that it has itself.</summary>
public sealed class ExecTerminalTests(SharedDaemon shared) : IClassFixture<SharedDaemon>
{
    private const int Terminate = 15;

    private readonly TestContainer _daemon = shared.Container;

    [Fact]
    public async Task A_terminal_is_passed_through_with_its_size_and_its_keys_and_is_put_back()
    {
        await _daemon.AddTaskAsync("shell", """
            #!/usr/bin/python3
            import os, signal, sys
            size = lambda: print("size", *os.get_terminal_size(0), flush=True)
            signal.signal(signal.SIGWINCH, lambda *_: size())
            print(os.isatty(0), os.isatty(1), os.isatty(2), os.ttyname(0) == os.ttyname(1), os.environ["TERM"], flush=True)
            size()
            while True:
                try:
                    print("line", input(), flush=True)
                except KeyboardInterrupt:
                    print("interrupted", flush=True)
                except EOFError:
                    sys.exit(9)
            """);

        Steered ran = await Steered.RunAsync(
            _daemon,
            ["env", "TERM=vt220", "pv_exec", "exec", "-t", "shell"],
            [91, 33],
            ["expect", "True True True True vt220\r\nsize 91 33\r\n"],
            ["send", "typed\r"],
            ["expect", "line typed\r\n"],
            ["resize", 70, 20],
            ["expect", "size 70 20\r\n"],
            ["send", "\u0003"],
            ["expect", "interrupted\r\n"],
            ["send", "\u0004"]);

        Assert.Equal((9, true), (ran.Exit, ran.Restored));
    }

    [Theory]
    [InlineData(Terminate, 143)]
    [InlineData(1, 129)]
    public async Task A_terminal_is_put_back_when_a_signal_ends_it(int signal, int code)
    {
        await _daemon.AddTaskAsync("sleeper", "echo ready; exec sleep 1000");

        Steered ran = await Steered.RunAsync(
            _daemon, ["pv_exec", "exec", "-it", "sleeper"], [80, 24], ["expect", "ready\r\n"], ["signal", signal]);

        Assert.Equal((code, true), (ran.Exit, ran.Restored));
        await _daemon.WaitUntilAsync("! pgrep -f '^sleep 1000'");
    }

    [Fact]
    public async Task Whom_a_task_waits_for_is_said_on_a_terminal_and_Ctrl_C_withdraws_it()
    {
        await _daemon.AddTaskAsync("holder", "until [ -e /tmp/holder.go ]; do sleep 0.02; done", writes: ["live/src"]);
        await _daemon.AddTaskAsync("waiter", "touch /tmp/waiter.ran", writes: ["live/src"]);
        _ = (await _daemon.ShellAsync("pv_exec exec holder")).Text;

        Steered ran = await Steered.RunAsync(
            _daemon, ["pv_exec", "exec", "-t", "waiter"], [200, 24], ["expect", "pv_exec: waits for live/src (holder "], ["send", "\u0003"]);

        Assert.Equal((130, true), (ran.Exit, ran.Restored));
        _ = (await _daemon.ShellAsync("touch /tmp/holder.go")).Text;
        await _daemon.WaitUntilAsync("pv_exec runs --live --task holder --json | grep -q '^\\[\\]'");
        Assert.NotEqual(0, (await _daemon.ShellAsync("[ -e /tmp/waiter.ran ]")).ExitCode);
    }
}
