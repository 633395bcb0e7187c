using PvExec.Cli.Core;

namespace PvExec.Cli.Calls;

/// <summary>What was said to <c>exec</c>.</summary>
/// <param name="Wait">To the end of the task.</param>
/// <param name="Input">Standard input is passed on.</param>
/// <param name="Terminal">The task gets a terminal; it waits and passes input on as well.</param>
internal sealed record ExecWords(string Task, IReadOnlyList<TaskVariable> Variables, bool Wait, bool Input, bool Terminal, bool Json, bool Verbose);
