namespace PvExec.Cli;

/// <summary>The terminal that this program was started on, if any.</summary>
public interface ITerminal
{
    /// <summary>Standard input is a terminal.</summary>
    bool IsInput { get; }

    /// <summary>Standard error is a terminal: a person reads it.</summary>
    bool IsError { get; }

    /// <summary>Of the window on standard input; zeros when it has none.</summary>
    (int Columns, int Rows) Size { get; }

    /// <summary>Passes every byte that is typed through as it is, until the result is disposed.</summary>
    /// <exception cref="TerminalLostException">It is a terminal no longer.</exception>
    IDisposable MakeRaw();
}
