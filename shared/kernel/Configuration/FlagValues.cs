using System.Diagnostics.CodeAnalysis;

namespace PvExec.Kernel.Configuration;

/// <summary>The values of flags as text, from an argument vector first and variables second.</summary>
public sealed class FlagValues
{
    private readonly Dictionary<DaemonFlag, List<string>> _values = [];
    private readonly List<string> _problems = [];

    /// <summary>What could not be understood, each with the offending word.</summary>
    public IReadOnlyList<string> Problems => _problems;

    /// <param name="arguments">Without the program's name; <c>-name VALUE</c>, <c>--name VALUE</c> or <c>--name=VALUE</c>.</param>
    /// <param name="variable">Looks an environment variable up; null when it is not set.</param>
    public static FlagValues Parse(IReadOnlyList<string> arguments, Func<string, string?> variable)
    {
        var values = new FlagValues();
        values.ReadArguments(arguments);
        values.ReadVariables(variable);
        return values;
    }

    public bool TryGet(DaemonFlag flag, [NotNullWhen(true)] out string? value)
    {
        value = _values.TryGetValue(flag, out List<string>? given) ? given[^1] : null;
        return value is not null;
    }

    public IReadOnlyList<string> All(DaemonFlag flag) => _values.TryGetValue(flag, out List<string>? given) ? given : [];

    private void ReadArguments(IReadOnlyList<string> arguments)
    {
        for (int i = 0; i < arguments.Count; i++)
        {
            string word = arguments[i];
            string name = word.TrimStart('-');
            string? value = null;
            int equals = name.IndexOf('=');
            if (equals >= 0)
            {
                value = name[(equals + 1)..];
                name = name[..equals];
            }

            int dashes = word.Length - word.TrimStart('-').Length;
            if (dashes is not (1 or 2) || DaemonFlags.Find(name) is not { } flag)
            {
                _problems.Add($"unknown argument '{word}': see 'pv_exec daemon --help'");
                continue;
            }

            if (value is null && ++i < arguments.Count)
            {
                value = arguments[i];
            }

            if (value is null)
            {
                _problems.Add($"-{name} needs a value: {flag.Argument}");
                continue;
            }

            Add(flag, value, $"-{name} is given twice: give it once");
        }
    }

    private void ReadVariables(Func<string, string?> variable)
    {
        foreach (DaemonFlag flag in DaemonFlags.All)
        {
            if (_values.ContainsKey(flag) || variable(flag.Variable) is not { Length: > 0 } text)
            {
                continue;
            }

            foreach (string value in flag.Repeatable ? text.Split(':', StringSplitOptions.RemoveEmptyEntries) : [text])
            {
                Add(flag, value, "");
            }
        }
    }

    private void Add(DaemonFlag flag, string value, string whenTwice)
    {
        if (!_values.TryGetValue(flag, out List<string>? given))
        {
            _values.Add(flag, [value]);
        }
        else if (flag.Repeatable)
        {
            given.Add(value);
        }
        else
        {
            _problems.Add(whenTwice);
        }
    }
}
