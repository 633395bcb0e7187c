using PvExec.Kernel;

namespace PvExec.Cli.Core;

/// <summary>
/// The words of <c>exec [OPTIONS] TASK [KEY=VALUE …]</c>, cut behind TASK before anybody looks for options: a variable's
/// word may look like one, such as <c>-w=1</c>.
/// </summary>
/// <param name="Command">All up to TASK, and the options that stood behind it alone.</param>
/// <param name="Variables">The words behind TASK, as they are.</param>
public sealed record TaskWords(IReadOnlyList<string> Command, IReadOnlyList<string> Variables)
{
    private const string Exec = "exec";

    private static readonly string[] WithValue = ["-p", "--p", "-host", "--host"];

    /// <summary>They hold no '=' and so are no variable: accepted behind TASK as well, where they are often written.</summary>
    private static readonly string[] WithoutValue = ["-w", "--w", "--wait", "-i", "--i", "--help", "-help", "-h", "-?"];

    /// <summary>Cuts the whole command line; one of another command stays in one piece.</summary>
    public static Outcome<TaskWords> Cut(IReadOnlyList<string> words)
    {
        int command = NextPlain(words, 0);
        if (command == words.Count || words[command] != Exec)
        {
            return new TaskWords(words, []);
        }

        int task = NextPlain(words, command + 1);
        if (task < words.Count && words[task] == "--")
        {
            task++;
        }
        else if (task < words.Count && words[task].StartsWith('-'))
        {
            return new Fault(FaultKind.InvalidArgument, $"unknown option '{words[task]}' before TASK: see '{CommandLine.Program} {Exec} --help'");
        }

        ILookup<bool, string> behind = words.Skip(task + 1).ToLookup(WithoutValue.Contains);
        return new TaskWords([.. words.Take(command + 1), .. behind[true], .. words.Skip(command + 1).Take(task - command)], [.. behind[false]]);
    }

    /// <summary>Where the first word from there on is that is neither one of our options nor the value of one.</summary>
    private static int NextPlain(IReadOnlyList<string> words, int from)
    {
        int at = from;
        while (at < words.Count)
        {
            string word = words[at];
            if (WithValue.Contains(word))
            {
                at += 2;
            }
            else if (WithoutValue.Contains(word) || Array.Exists(WithValue, option => word.StartsWith(option + '=', StringComparison.Ordinal)))
            {
                at++;
            }
            else
            {
                return at;
            }
        }

        return words.Count;
    }
}
