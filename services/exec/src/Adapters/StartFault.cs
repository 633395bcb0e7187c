using PvExec.Kernel;
using PvExec.Tasks.Adapters;

namespace PvExec.Exec.Adapters;

/// <summary>Why a task's program was not started, in words of who wrote it. Its first line is looked at only now: a start that succeeds does not pay for it.</summary>
internal static class StartFault
{
    private const string PathVariable = "PATH=";

    /// <summary>The last stage of a start, as <see cref="Fault.Detail"/> begins with it.</summary>
    private const string Exec = "exec ";

    /// <param name="fault">What pv-init said.</param>
    /// <param name="command">The argument vector of a file of the task.</param>
    /// <param name="environment">As <c>NAME=value</c>.</param>
    /// <param name="directory">The task's.</param>
    /// <param name="user">Whom it would have run as; null: as the daemon.</param>
    public static string Describe(Fault fault, IReadOnlyList<string> command, IReadOnlyList<string> environment, string directory, TaskUser? user)
    {
        if (fault.Kind is not (FaultKind.NotFound or FaultKind.PermissionDenied))
        {
            return fault.Detail;
        }

        string file = command[^1];
        string? path = environment.FirstOrDefault(variable => variable.StartsWith(PathVariable, StringComparison.Ordinal))?[PathVariable.Length..];
        if (InterpreterCheck.Problem(command, directory, path) is { } problem)
        {
            return $"{file}:1: {problem}";
        }

        // What this service may execute, the user may not.
        return fault.Kind == FaultKind.PermissionDenied && fault.Detail.StartsWith(Exec, StringComparison.Ordinal) && user is not null && InterpreterCheck.Of(file) is { } interpreter
            ? $"{fault.Detail}: user '{user}' has to be able to reach and execute both {file} and its interpreter '{interpreter.Path}'"
            : fault.Detail;
    }
}
