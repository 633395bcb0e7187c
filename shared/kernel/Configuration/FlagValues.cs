using System.Diagnostics.CodeAnalysis;

namespace PvExec.Kernel.Configuration;

/// <summary>The values of flags as text, from an argument vector first and variables second.</summary>
public sealed class FlagValues
{
    /// <summary>What follows it is a command, and none of our flags.</summary>
    public const string CommandFollows = "--";

    private readonly Dictionary<DaemonFlag, List<string>> _values = [];
    private readonly HashSet<DaemonFlag> _fromVariables = [];
    private readonly List<string> _problems = [];

    /// <summary>What could not be understood, each with the offending word.</summary>
    public IReadOnlyList<string> Problems => _problems;

    /// <summary>The words behind <c>--</c>.</summary>
    public IReadOnlyList<string> Command { get; private set; } = [];

    /// <summary>The flags whose value is that of their variable.</summary>
    public IReadOnlySet<DaemonFlag> FromVariables => _fromVariables;

    /// <param name="arguments">Without the program's name; <c>-name VALUE</c> or <c>-name=VALUE</c>, with one dash or two.</param>
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
        var seen = new HashSet<DaemonFlag>();
        for (int i = 0; i < arguments.Count; i++)
        {
            if (arguments[i] == CommandFollows)
            {
                Command = [.. arguments.Skip(i + 1)];
                if (Command.Count == 0)
                {
                    _problems.Add($"nothing stands behind {CommandFollows}: write the main process's command there, or leave {CommandFollows} out");
                }

                return;
            }

            if (!TrySplit(arguments[i], out DaemonFlag? flag, out string? value))
            {
                _problems.Add($"unknown argument '{WithoutValue(arguments[i])}': see 'pv_exec daemon --help'");
                continue;
            }

            if (flag.Switch)
            {
                value ??= "true";
            }

            // A value may start with a dash, but the next flag is none: "-store -worktree w" has forgotten one.
            if (value is null && i + 1 < arguments.Count && arguments[i + 1] != CommandFollows && !TrySplit(arguments[i + 1], out _, out _))
            {
                value = arguments[++i];
            }

            if (value is null)
            {
                _problems.Add($"-{flag.Name} needs a value: {flag.Argument} (one that looks like a flag is written --{flag.Name}=VALUE)");
            }
            else if (!seen.Add(flag) && !flag.Repeatable)
            {
                _problems.Add($"-{flag.Name} is given twice{(flag.Secret ? "" : $", the second time as '{value}'")}: give it once");
            }
            else
            {
                Add(flag, value);
            }
        }
    }

    /// <summary>Whether the word is one of our flags, alone or with <c>=VALUE</c>.</summary>
    private static bool TrySplit(string word, [NotNullWhen(true)] out DaemonFlag? flag, out string? value)
    {
        int equals = word.IndexOf('=');
        string name = equals < 0 ? word : word[..equals];
        value = equals < 0 ? null : word[(equals + 1)..];
        int dashes = name.StartsWith("--", StringComparison.Ordinal) ? 2 : name.StartsWith('-') ? 1 : 0;
        flag = dashes == 0 ? null : DaemonFlags.Find(name[dashes..]);
        return flag is not null;
    }

    /// <summary>What a misspelt flag was to be set to may be a secret.</summary>
    private static string WithoutValue(string word) =>
        word.StartsWith('-') && word.IndexOf('=') is > 0 and var equals ? word[..equals] : word;

    private void ReadVariables(Func<string, string?> variable)
    {
        string[] passedOn = variable(DaemonOptions.GivenByVariables)?.Split(':') ?? [];
        foreach (DaemonFlag flag in DaemonFlags.All)
        {
            if (_values.ContainsKey(flag) && passedOn.Contains(flag.Name, StringComparer.Ordinal))
            {
                _fromVariables.Add(flag);
            }

            if (_values.ContainsKey(flag) || variable(flag.Variable) is not { Length: > 0 } text)
            {
                continue;
            }

            _fromVariables.Add(flag);
            foreach (string value in flag.Repeatable ? text.Split(':', StringSplitOptions.RemoveEmptyEntries) : [text])
            {
                Add(flag, value);
            }
        }
    }

    /// <summary>An empty value is "not given": scripts pass "$VARIABLE" whether or not it is set.</summary>
    private void Add(DaemonFlag flag, string value)
    {
        if (value.Length == 0)
        {
            return;
        }

        if (!_values.TryGetValue(flag, out List<string>? given))
        {
            _values.Add(flag, given = []);
        }

        given.Add(value);
    }
}
