namespace PvExec.Tasks.Core;

/// <summary>One file of <c>env/</c>.</summary>
/// <param name="Value">Null: the task does not inherit the variable.</param>
public sealed record TaskVariable(string Name, string? Value);
