using PvExec.Kernel;

namespace PvExec.Cli.Core;

/// <summary>
/// The words of <c>exec [OPTIONS] TASK [KEY=VALUE …]</c>, cut behind TASK before anybody looks for options: a variable's
/// word may look like one, such as <c>-w=1</c>.
/// </summary>
/// <param name="Command">All up to TASK, each switch in its first spelling, and those that stood behind TASK alone.</param>
/// <param name="Variables">The words behind TASK, as they are.</param>
public sealed record TaskWords(IReadOnlyList<string> Command, IReadOnlyList<string> Variables)
{
    private const string Exec = "exec";

    private static readonly string[] s_withValue = ["-p", "--p", "-host", "--host"];

    /// <summary>Cuts the whole command line; one of another command stays in one piece.</summary>
    public static Outcome<TaskWords> Cut(IReadOnlyList<string> words)
    {
        int command = 0;
        while (command < words.Count && ValueLength(words, command) is > 0 and var length)
        {
            command += length;
        }

        if (command >= words.Count || words[command] != Exec)
        {
            return new TaskWords(words, []);
        }

        var options = new List<string>();
        var switches = new ExecSwitches();
        int task = command + 1;
        while (task < words.Count && words[task].StartsWith('-') && words[task] != "--")
        {
            if (ValueLength(words, task) is > 0 and var length)
            {
                options.AddRange(words.Skip(task).Take(length));
                task += length;
            }
            else if (switches.Read(words[task]).Succeeded(out Fault? fault))
            {
                task++;
            }
            else
            {
                return fault;
            }
        }

        // What stands behind TASK and holds no '=' is no variable: switches are accepted there too, where they are often written.
        int behind = task + (task < words.Count && words[task] == "--" ? 2 : 1);
        ILookup<bool, string> rest = words.Skip(behind).ToLookup(ExecSwitches.Has);
        foreach (string word in rest[true])
        {
            _ = switches.Read(word);
        }

        return new TaskWords([.. words.Take(command + 1), .. switches.Given, .. options, .. words.Skip(task).Take(behind - task)], [.. rest[false]]);
    }

    /// <summary>How many words an option with a value takes there; 0 when there is none.</summary>
    private static int ValueLength(IReadOnlyList<string> words, int at) =>
        s_withValue.Contains(words[at]) ? 2
        : Array.Exists(s_withValue, option => words[at].StartsWith(option + '=', StringComparison.Ordinal)) ? 1
        : 0;
}
