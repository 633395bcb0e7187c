using PvExec.IntegrationTests.Rig;

namespace PvExec.IntegrationTests.Cli;

/// <summary>A command that waits for its task: output, input and signals.</summary>
public sealed class LiveExecTests(SharedDaemon shared) : IClassFixture<SharedDaemon>
{
    private const int Interrupt = 2, Terminate = 15;

    private readonly TestContainer _daemon = shared.Container;

    [Fact]
    public async Task Output_is_there_while_the_task_runs_and_the_streams_are_apart()
    {
        await _daemon.AddTaskAsync("live", "echo one; echo two >&2; until [ -e /tmp/live.go ]; do sleep 0.02; done; echo three; exit 7");

        Steered ran = await Steered.RunAsync(
            _daemon, ["pv_exec", "exec", "-w", "live"], null, ["expect", "one\n"], ["shell", "touch /tmp/live.go"]);

        Assert.Equal((7, "one\nthree\n", "two\n"), (ran.Exit, ran.Output, ran.Errors));
    }

    [Fact]
    public async Task Input_is_passed_on_while_the_task_runs()
    {
        await _daemon.AddTaskAsync("upper", "while read -r line; do echo \"${line^^}\"; done; echo end");

        Steered ran = await Steered.RunAsync(
            _daemon, ["pv_exec", "exec", "-w", "-i", "upper"], null, ["send", "a\n"], ["expect", "A\n"], ["send", "b\n"], ["expect", "B\n"], ["end"]);

        Assert.Equal((0, "A\nB\nend\n", ""), (ran.Exit, ran.Output, ran.Errors));
    }

    [Fact]
    public async Task Input_of_any_size_is_passed_on()
    {
        await _daemon.AddTaskAsync("sum", "sha256sum");

        ShellResult result = await _daemon.ShellAsync(
            "head -c 40000000 /dev/urandom >/tmp/big; pv_exec exec -w -i sum </tmp/big >/tmp/sum && sha256sum </tmp/big | cmp - /tmp/sum && cat /tmp/big | pv_exec exec -w -i sum | cmp - /tmp/sum");

        Assert.Equal("", result.Text);
    }

    [Theory]
    [InlineData(Interrupt, 130)]
    [InlineData(Terminate, 143)]
    public async Task A_signal_cancels_the_task_and_its_last_words_are_heard(int signal, int code)
    {
        await _daemon.AddTaskAsync("trap", "trap 'echo bye; exit 3' TERM; echo ready; sleep 1000 & wait");

        Steered ran = await Steered.RunAsync(_daemon, ["pv_exec", "exec", "-w", "trap"], null, ["expect", "ready\n"], ["signal", signal]);

        Assert.Equal((code, "ready\nbye\n", ""), (ran.Exit, ran.Output, ran.Errors));
        Assert.NotEqual(0, (await _daemon.ShellAsync("pgrep -f '^sleep 1000'")).ExitCode);
    }

    [Fact]
    public async Task The_second_signal_does_not_wait_for_the_task()
    {
        await _daemon.AddTaskAsync("deaf", "trap '' TERM; echo ready; until [ -e /tmp/deaf.go ]; do sleep 0.02; done");

        Steered ran = await Steered.RunAsync(
            _daemon, ["pv_exec", "exec", "-w", "deaf"], null, ["expect", "ready\n"], ["signal", Terminate], ["signal", Interrupt]);

        Assert.Equal(143, ran.Exit);
        Assert.Contains(" is left while it ends: ", ran.Errors, StringComparison.Ordinal);
        _ = (await _daemon.ShellAsync("touch /tmp/deaf.go")).Text;
    }

    [Fact]
    public async Task A_reader_that_goes_away_ends_the_command_at_once_and_the_task_goes_on()
    {
        await _daemon.AddTaskAsync("silent", "echo one; until [ -e /tmp/silent.go ]; do sleep 0.02; done; touch /tmp/silent.done");

        ShellResult result = await _daemon.ShellAsync("pv_exec exec -w silent | head -n 1; echo ${PIPESTATUS[0]}; touch /tmp/silent.go");

        Assert.Equal("one\n141", result.Text.TrimEnd());
        await _daemon.WaitUntilAsync("[ -e /tmp/silent.done ]");
    }

    [Fact]
    public async Task Standard_input_that_is_closed_is_told_and_no_other_file_is_read_in_its_place()
    {
        await _daemon.AddTaskAsync("reads", "cat");

        ShellResult result = await _daemon.ShellAsync("pv_exec exec -w -i reads <&-");

        Assert.Equal((111, ""), (result.ExitCode, result.Output));
        Assert.StartsWith("pv_exec: cannot read standard input: it is closed", Assert.Single(result.ErrorLines), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("runs")]
    [InlineData("exec -w closed-writes")]
    public async Task Standard_output_that_is_closed_is_told(string command)
    {
        await _daemon.AddTaskAsync("closed-writes", "echo out");

        ShellResult result = await _daemon.ShellAsync($"pv_exec {command} >&-");

        Assert.Equal(111, result.ExitCode);
        Assert.Contains("standard output is closed", Assert.Single(result.ErrorLines), StringComparison.Ordinal);
    }
}
