namespace PvExec.Cli;

/// <summary>The terminal on standard input is none any more, so the task cannot have it.</summary>
public sealed class TerminalLostException(string message, Exception? cause = null) : IOException(message, cause);
