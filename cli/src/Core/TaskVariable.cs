using PvExec.Kernel;

namespace PvExec.Cli.Core;

/// <summary>A <c>KEY=VALUE</c> word.</summary>
public readonly record struct TaskVariable(string Key, string Value)
{
    /// <summary>Splits at the first '='; the value may hold more of them, or be empty.</summary>
    public static Outcome<TaskVariable> Parse(string word)
    {
        int equals = word.IndexOf('=');
        return equals > 0
            ? new TaskVariable(word[..equals], word[(equals + 1)..])
            : new Fault(FaultKind.InvalidArgument, $"'{word}' is not KEY=VALUE: write a name, '=' and a value");
    }

    /// <summary>The variables, or the first word that is none.</summary>
    public static Outcome<IReadOnlyList<TaskVariable>> ParseAll(IEnumerable<string> words)
    {
        var variables = new List<TaskVariable>();
        foreach (string word in words)
        {
            if (!Parse(word).TryGet(out TaskVariable variable, out Fault? fault))
            {
                return fault;
            }

            variables.Add(variable);
        }

        return variables;
    }
}
