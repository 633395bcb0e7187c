using System.CommandLine;
using PvExec.Cli.Calls;
using PvExec.Cli.Core;
using PvExec.Kernel;
using PvExec.Linux;
using TasksClient = PvExec.Api.V1.Tasks.TasksClient;

namespace PvExec.Cli.Commands;

/// <summary><c>exec [-w] [-i] [-t] TASK [KEY=VALUE …]</c>: runs a task.</summary>
internal static class ExecCommand
{
    private const string Notes = """
        Without -w the task is started and nothing is printed (--json: {"run": ID, "task": TASK}); it goes on by itself.
        With -w its output is passed on as it comes, standard output and standard error apart, and the exit code is
        that of the task, or 128 and the number of the signal that ended it. Ctrl-C or SIGTERM cancels the task (SIGTERM to
        all its processes, SIGKILL after its timeout-kill), and its output is passed on to the end; a second one leaves at
        once, and the task is ended all the same; the exit code is 130 or 143 then.
        That the task's finish failed is said on standard error; the exit code does not change.
        With --json -w one object on one line is printed at the end: run, exitCode or exitSignal, timedOut, oomKilled,
        times, finish (how that ended), stdout and stderr (as text, or stdoutBase64 and stderrBase64 when they are not UTF-8;
        the first 10 MiB of each, and missingBytes says how much more there was: 'pv_exec runs logs' has it).
        -i does not imply -w: without it, all of standard input is read before the task starts (at most 10 MiB in all). -t
        implies -w and -i, needs a terminal on standard input, and passes Ctrl-C to the task as a key.
        While the task waits for others, a line on standard error says for whom, on a terminal or with --verbose.

        Options stand before TASK; alone, they may also stand behind it. Every other word behind TASK is a KEY=VALUE
        and taken as it is, dashes and '=' included: "task -w=1" gives the task a variable "-w". -it stands for -i -t.

        Example:
          pv_exec exec -w common/file_read FILEPATH=src/index.js
          pv_exec exec -w -i common/file_write FILEPATH=src/index.js < index.js
          pv_exec exec -t TASK

        """;

    /// <param name="behind">What stands behind TASK; the parser must not see it.</param>
    public static Command Create(DaemonAddress address, IReadOnlyList<string> behind, Surroundings surroundings)
    {
        Option<bool> wait = Switch("wait until the task has ended, and pass its output on", ExecSwitches.Wait, "--w", "-wait", "--wait");
        Option<bool> input = Switch("pass standard input to the task; with -w as it comes", ExecSwitches.Input, "--i");
        Option<bool> terminal = Switch("give the task a terminal, which this one is connected to", ExecSwitches.Terminal, "--t");
        Option<bool> json = Switch("print JSON", ExecSwitches.Json, "--json");
        Option<bool> verbose = Switch("say the run's id, and what it waits for, on standard error", ExecSwitches.Verbose, "--verbose");
        var task = new Argument<string>("TASK") { Description = "the task's name, such as common/file_list" };
        var pairs = new Argument<string[]>("KEY=VALUE")
        {
            // For the help alone: the words do not come this way.
            Description = "variables for the task; a value may hold '='",
            Arity = ArgumentArity.ZeroOrMore,
        };
        var command = new NotedCommand("exec", "Runs a task.", Notes) { wait, input, terminal, json, verbose, task, pairs };
        command.TakesSignals = true;
        command.Does(surroundings, async (parsed, _) =>
        {
            if (!address.Target(parsed, surroundings.Variable).TryGet(out Target? target, out Fault? fault)
                || !TaskVariable.ParseAll(behind).TryGet(out IReadOnlyList<TaskVariable>? variables, out fault))
            {
                return Ended.With(fault);
            }

            bool isTerminal = parsed.GetValue(terminal);
            var words = new ExecWords(
                parsed.GetRequiredValue(task),
                variables,
                parsed.GetValue(wait) || isTerminal,
                parsed.GetValue(input) || isTerminal,
                isTerminal,
                parsed.GetValue(json),
                parsed.GetValue(verbose));
            if (words.Terminal && words.Json)
            {
                return Ended.Usage("-t shows the task's terminal and --json prints an object in place of the output: give one of them");
            }

            using ICallerSignals signals = surroundings.TakeSignals();
            try
            {
                return await DaemonCall.MakeAsync(target, channel => RunAsync(new TasksClient(channel), words, signals, surroundings), CancellationToken.None);
            }
            catch (SystemCallException e) when (IsOfInput(e) && e.Errno == Errno.EBADF)
            {
                return Ended.System($"cannot read standard input: it is closed: leave -i out, or give it a file, such as </dev/null ({e.Message})");
            }
            catch (SystemCallException e) when (IsOfInput(e))
            {
                return Ended.System($"cannot read standard input: {e.Message}");
            }
        });
        return command;
    }

    private static async Task<Ended> RunAsync(TasksClient tasks, ExecWords words, ICallerSignals signals, Surroundings surroundings) => words.Wait
        ? await new WaitedTask(tasks, words, surroundings).RunAsync(signals)
        : await Interruption.UntilAsync(signals, new StartedTask(tasks, words, surroundings).RunAsync);

    /// <summary>What cannot be written is told as of every command.</summary>
    private static bool IsOfInput(SystemCallException e) => e.Call.StartsWith("read(", StringComparison.Ordinal);

    private static Option<bool> Switch(string description, string name, params string[] aliases) =>
        new(name, aliases) { Description = description, Arity = ArgumentArity.Zero };
}
