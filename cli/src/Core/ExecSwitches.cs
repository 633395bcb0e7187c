using PvExec.Kernel;

namespace PvExec.Cli.Core;

/// <summary>The switches of <c>exec</c>: each is there or not, may be written <c>-w=true</c> or <c>-w=false</c>, and the last word counts.</summary>
public sealed class ExecSwitches
{
    public const string Wait = "-w", Input = "-i", Terminal = "-t", Json = "-json", Verbose = "-verbose", Help = "--help";

    private static readonly Dictionary<string, string[]> s_spellings = new()
    {
        ["-w"] = [Wait],
        ["--w"] = [Wait],
        ["-wait"] = [Wait],
        ["--wait"] = [Wait],
        ["-i"] = [Input],
        ["--i"] = [Input],
        ["-t"] = [Terminal],
        ["--t"] = [Terminal],
        ["-it"] = [Input, Terminal],
        ["-ti"] = [Input, Terminal],
        ["-json"] = [Json],
        ["--json"] = [Json],
        ["-verbose"] = [Verbose],
        ["--verbose"] = [Verbose],
        ["--help"] = [Help],
        ["-help"] = [Help],
        ["-h"] = [Help],
        ["-?"] = [Help],
    };

    private readonly List<string> _given = [];

    /// <summary>Those that are there, each once.</summary>
    public IReadOnlyList<string> Given => _given;

    public static bool Has(string word) => s_spellings.ContainsKey(word);

    /// <summary>Takes a word that stands before TASK: a switch, alone or with a value.</summary>
    public Outcome<Unit> Read(string word)
    {
        int equals = word.IndexOf('=');
        string name = equals < 0 ? word : word[..equals];
        if (!s_spellings.TryGetValue(name, out string[]? switches))
        {
            return new Fault(FaultKind.InvalidArgument, $"unknown option '{word}' before TASK: see '{CommandLine.Program} exec --help'");
        }

        bool? isOn = equals < 0 ? true : Value(word[(equals + 1)..]);
        if (isOn is null)
        {
            return new Fault(FaultKind.InvalidArgument, $"'{word}' before TASK: {name} is true or false; variables stand behind TASK");
        }

        foreach (string one in switches)
        {
            _given.Remove(one);
            if (isOn.Value)
            {
                _given.Add(one);
            }
        }

        return Unit.Value;
    }

    /// <summary>The spellings of Go's flag package, which existing scripts may use.</summary>
    private static bool? Value(string text) => text switch
    {
        "1" or "t" or "T" or "true" or "TRUE" or "True" => true,
        "0" or "f" or "F" or "false" or "FALSE" or "False" => false,
        _ => null,
    };
}
