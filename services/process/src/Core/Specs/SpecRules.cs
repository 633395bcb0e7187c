using PvExec.Kernel;
using PvExec.Kernel.Configuration;

namespace PvExec.Processes.Core.Specs;

/// <summary>Which requests are no sense. Every fault is INVALID_ARGUMENT and names the field and its value.</summary>
public static class SpecRules
{
    /// <summary>The longest name, in characters.</summary>
    public const int MaxNameLength = DaemonOptions.MaxProcessName;

    public static Outcome<string> Name(string name)
    {
        if (name.Length == 0)
        {
            return Invalid("process_name is empty: give the process a name");
        }

        if (name.Length > MaxNameLength)
        {
            return Invalid($"process_name '{name[..32]}…' has {name.Length} characters: at most {MaxNameLength} are allowed");
        }

        return name.Contains('\0') ? Invalid($"process_name '{name.Replace("\0", "\\0", StringComparison.Ordinal)}' holds a NUL character: remove it") : name;
    }

    public static Outcome<IReadOnlyList<string>> Command(string process, IReadOnlyList<string> arguments)
    {
        if (arguments.Count == 0 || arguments[0].Length == 0)
        {
            return Invalid($"start_cmd of process '{process}' is empty: give the program and its arguments");
        }

        for (int i = 0; i < arguments.Count; i++)
        {
            if (arguments[i].Contains('\0'))
            {
                return Invalid($"start_cmd[{i}] of process '{process}' holds a NUL character, which no argument can: remove it");
            }
        }

        return Outcome(arguments);
    }

    public static Outcome<IReadOnlyList<KeyValuePair<string, string>>> Variables(string process, IReadOnlyList<KeyValuePair<string, string>> variables)
    {
        foreach ((string name, string value) in variables)
        {
            if (name.Length == 0 || name.Contains('=') || name.Contains('\0'))
            {
                return Invalid($"env_vars key '{name.Replace("\0", "\\0", StringComparison.Ordinal)}' of process '{process}' is no variable name: it must not be empty nor hold '=' or NUL");
            }

            if (value.Contains('\0'))
            {
                return Invalid($"env_vars value of '{name}' of process '{process}' holds a NUL character, which no variable can: remove it");
            }
        }

        return Outcome(variables);
    }

    public static Outcome<int> Port(string process, uint port) =>
        port <= 65535 ? (int)port : Invalid($"listening_port {port} of process '{process}' is no TCP port: give 1 to 65535, or 0 for none");

    /// <summary>The form of the path alone; whether it exists is for an adapter to see.</summary>
    public static Outcome<string> RunPath(string process, string path)
    {
        if (path.Length == 0)
        {
            return Invalid($"run_path of process '{process}' is empty: give the directory to run in");
        }

        if (path.Contains('\0'))
        {
            return Invalid($"run_path of process '{process}' holds a NUL character, which no path can: remove it");
        }

        return path[0] == '/' ? path : Invalid($"run_path '{path}' of process '{process}' is not absolute: give a path that starts with '/'");
    }

    private static Outcome<T> Outcome<T>(T value) => value;

    private static Fault Invalid(string detail) => new(FaultKind.InvalidArgument, detail);
}
