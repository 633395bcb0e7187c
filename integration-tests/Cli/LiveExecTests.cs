using System.Text.Json;
using PvExec.IntegrationTests.Rig;

namespace PvExec.IntegrationTests.Cli;

/// <summary>A command that waits for its task: output, input, terminals, signals, and daemons that are killed meanwhile.</summary>
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

        Assert.Equal((143, ""), (ran.Exit, ran.Errors));
        _ = (await _daemon.ShellAsync("touch /tmp/deaf.go")).Text;
    }

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

    [Theory]
    [InlineData("exec")]
    [InlineData("front")]
    public async Task Nothing_is_lost_or_told_twice_when_a_daemon_is_killed(string service)
    {
        await _daemon.AddTaskAsync("counts", "seq 1 5000; seq 1 10 >&2; until [ -e /tmp/counts.go ]; do sleep 0.02; done; seq 5001 200000; exit 5");
        int pid = (await _daemon.ServicesAsync())[service].GetProperty("pid").GetInt32();

        Steered ran = await Steered.RunAsync(
            _daemon,
            ["pv_exec", "exec", "-w", "counts"],
            null,
            ["expect", "\n5000\n"],
            ["shell", $"kill -KILL {pid}; touch /tmp/counts.go"]);

        _ = (await _daemon.ShellAsync("rm /tmp/counts.go")).Text;
        Assert.Equal(5, ran.Exit);
        Assert.Equal(Enumerable.Range(1, 200_000), ran.Output.Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(int.Parse));
        Assert.Equal(Enumerable.Range(1, 10), ran.Errors.Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(int.Parse));
        await _daemon.WaitUntilAsync($"pv_exec services --json | python3 {Paths.Client}/is_back.py {service} {pid}");
    }

    [Fact]
    public async Task Input_is_neither_lost_nor_given_twice_when_pv_exec_is_killed()
    {
        await _daemon.AddTaskAsync("sum", "sha256sum");
        int pid = (await _daemon.ServicesAsync())["exec"].GetProperty("pid").GetInt32();

        ShellResult result = await _daemon.ShellAsync(
            "head -c 40000000 /dev/urandom >/tmp/halves; sha256sum </tmp/halves >/tmp/halves.sum;"
            + $" (head -c 20000000 /tmp/halves; kill -KILL {pid}; tail -c +20000001 /tmp/halves) | pv_exec exec -w -i sum | cmp - /tmp/halves.sum");

        Assert.Equal("", result.Text);
    }

    [Fact]
    public async Task A_terminal_goes_on_when_pv_exec_is_killed_and_when_it_is_replaced()
    {
        await _daemon.AddTaskAsync("prompt", "echo ready; while read -r line; do echo \"got $line\"; done; exit 6");
        int pid = (await _daemon.ServicesAsync())["exec"].GetProperty("pid").GetInt32();

        Steered ran = await Steered.RunAsync(
            _daemon,
            ["pv_exec", "exec", "-t", "prompt"],
            [80, 24],
            ["expect", "ready\r\n"],
            ["shell", $"kill -KILL {pid}"],
            ["send", "one\r"],
            ["expect", "got one\r\n"],
            ["shell", "pv_exec services restart exec"],
            ["send", "two\r"],
            ["expect", "got two\r\n"],
            ["send", "\u0004"]);

        Assert.Equal((6, true), (ran.Exit, ran.Restored));
    }

    [Fact]
    public async Task A_task_that_waits_when_pv_exec_is_killed_is_run_all_the_same()
    {
        await _daemon.AddTaskAsync("blocks", "until [ -e /tmp/blocks.go ]; do sleep 0.02; done", writes: ["live/kill"]);
        await _daemon.AddTaskAsync("blocked", "echo ran; exit 4", writes: ["live/kill"]);
        _ = (await _daemon.ShellAsync("pv_exec exec blocks")).Text;
        int pid = (await _daemon.ServicesAsync())["exec"].GetProperty("pid").GetInt32();

        Steered ran = await Steered.RunAsync(
            _daemon,
            ["bash", "-c", "pv_exec exec -w --verbose blocked 2>&1"],
            null,
            ["expect", "waits for live/kill"],
            ["shell", $"kill -KILL {pid}"],
            ["expect", "waits for live/kill"],
            ["shell", "touch /tmp/blocks.go"]);

        Assert.Equal(4, ran.Exit);
        Assert.Single(ran.Output.Split('\n'), line => line == "ran");
    }

    [Fact]
    public async Task A_reader_that_goes_away_ends_the_command_at_once_and_the_task_goes_on()
    {
        await _daemon.AddTaskAsync("silent", "echo one; until [ -e /tmp/silent.go ]; do sleep 0.02; done; touch /tmp/silent.done");

        ShellResult result = await _daemon.ShellAsync("pv_exec exec -w silent | head -n 1; echo ${PIPESTATUS[0]}; touch /tmp/silent.go");

        Assert.Equal("one\n141", result.Text.TrimEnd());
        await _daemon.WaitUntilAsync("[ -e /tmp/silent.done ]");
    }

    [Theory]
    [InlineData("runs --follow --task nobody")]
    [InlineData("scopes --watch nobody")]
    public async Task What_goes_on_by_itself_ends_with_its_reader_though_nothing_happens(string command)
    {
        ShellResult result = await _daemon.ShellAsync($"pv_exec {command} | true; echo ${{PIPESTATUS[0]}}");

        Assert.Equal("141", result.Text.TrimEnd());
        Assert.Equal("", result.Errors);
    }

    [Fact]
    public async Task Standard_input_that_is_closed_is_told_and_no_other_file_is_read_in_its_place()
    {
        await _daemon.AddTaskAsync("reads", "cat");

        ShellResult result = await _daemon.ShellAsync("pv_exec exec -w -i reads <&-");

        Assert.Equal((111, ""), (result.ExitCode, result.Output));
        Assert.StartsWith("pv_exec: cannot read standard input: it is closed", Assert.Single(result.ErrorLines), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_run_that_waits_for_its_tasks_limit_says_so()
    {
        await _daemon.AddTaskAsync("single", "until [ -e /tmp/single.go ]; do sleep 0.02; done");
        await _daemon.WriteAsync($"{Paths.OwnTasks}/single/max_concurrent", "1\n");
        string first = (await _daemon.ShellAsync("pv_exec exec --json single; pv_exec exec --json single >/dev/null")).Text;
        string id = JsonDocument.Parse(first).RootElement.GetProperty("run").GetString()!;

        await _daemon.WaitUntilAsync($"pv_exec runs --live --task single | grep 'max_concurrent of single ({id} runs, for '");

        _ = (await _daemon.ShellAsync("touch /tmp/single.go")).Text;
    }

    [Fact]
    public async Task A_run_is_an_object_on_request()
    {
        await _daemon.AddTaskAsync("object", "echo out; printf '\\377' >&2; kill -9 $$");

        ShellResult result = await _daemon.ShellAsync("pv_exec exec -w --json object");

        JsonElement row = JsonDocument.Parse(Assert.Single(result.Lines)).RootElement;
        Assert.Equal(137, result.ExitCode);
        Assert.Equal((9, "out\n", "/w=="), (row.GetProperty("exitSignal").GetInt32(), row.GetProperty("stdout").GetString(), row.GetProperty("stderrBase64").GetString()));
        Assert.Equal("", (await _daemon.ShellAsync($"pv_exec runs show {row.GetProperty("run").GetString()} --json | python3 -m json.tool >/dev/null")).Text);
    }

    [Fact]
    public async Task Runs_are_followed_looked_at_signalled_and_cancelled()
    {
        await _daemon.AddTaskAsync("steered", "trap 'echo hup' HUP; echo ready; while :; do sleep 0.02; done");
        string id = JsonDocument.Parse((await _daemon.ShellAsync("pv_exec exec --json steered")).Text).RootElement.GetProperty("run").GetString()!;

        Steered logs = await Steered.RunAsync(
            _daemon,
            ["pv_exec", "runs", "logs", id, "--follow"],
            null,
            ["expect", "ready\n"],
            ["shell", $"pv_exec runs signal {id} HUP --target leader"],
            ["expect", "hup\n"],
            ["shell", $"pv_exec runs cancel {id}"]);
        Steered follow = await Steered.RunAsync(
            _daemon,
            ["pv_exec", "runs", "--follow", "--task", "steered"],
            null,
            ["expect", $"{id}  steered  ended signal 15"],
            ["shell", "pv_exec exec steered"],
            ["expect", "steered  running"],
            ["shell", "pv_exec services restart exec"],
            ["shell", "pv_exec runs cancel $(pv_exec runs --task steered --live | awk 'NR == 2 { print $1 }')"],
            ["expect", "steered  ended signal 15"],
            ["signal", Interrupt]);

        Assert.Equal((0, ""), (logs.Exit, logs.Errors));
        Assert.Equal((130, ""), (follow.Exit, follow.Errors));
    }
}
