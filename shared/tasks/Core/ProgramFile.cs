namespace PvExec.Tasks.Core;

/// <summary>A file of a task that is to be executed.</summary>
/// <param name="Path">Absolute.</param>
/// <param name="Reason">Why it cannot be read; empty in every other state.</param>
public sealed record ProgramFile(string Path, ProgramState State, string Reason = "")
{
    /// <summary>Its argument vector: one without a <c>#!</c> line is a script for bash.</summary>
    public IReadOnlyList<string> Command => State == ProgramState.Script ? ["bash", Path] : [Path];

    /// <summary>What is wrong, and what to do; null when it can be executed.</summary>
    public string? Problem => State switch
    {
        ProgramState.Program or ProgramState.Script => null,
        ProgramState.NotAFile => "is not a file: put an executable file in its place",
        ProgramState.NotExecutable => "is not executable: chmod +x it",
        ProgramState.Unreadable => $"cannot be read: {Reason}: make it readable for the daemon",
        _ => throw new InvalidOperationException($"{State} is no state of a program"),
    };
}
