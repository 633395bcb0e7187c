using PvExec.Kernel;

namespace PvExec.Exec.Core.Tasks;

/// <summary>The variables a caller gives to a task, in front of those the task inherits.</summary>
public static class TaskVariables
{
    /// <summary>The root of the worktree, as the tasks know it.</summary>
    public const string AppRoot = "PV_APP_ROOT";

    /// <summary>A fault for the first variable that execve(2) could not pass on as it is meant, or null.</summary>
    public static Fault? Problem(IReadOnlyList<KeyValuePair<string, string>> variables)
    {
        foreach ((string name, string value) in variables)
        {
            if (name.Length == 0)
            {
                return Wrong("a key is empty: give each value a variable's name");
            }

            if (name.Contains('='))
            {
                return Wrong($"key {Quoted.Of(name)} holds '=': a variable's name cannot");
            }

            if (name.Contains('\0'))
            {
                return Wrong($"key {Quoted.Of(name)} holds a NUL byte");
            }

            if (value.Contains('\0'))
            {
                return Wrong($"the value of key {Quoted.Of(name)} holds a NUL byte: pass bytes as data, on standard input");
            }
        }

        return null;
    }

    private static Fault Wrong(string detail) => new(FaultKind.InvalidArgument, detail);
}
