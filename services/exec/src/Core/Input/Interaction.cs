namespace PvExec.Exec.Core.Input;

/// <summary>That a run's input comes while it waits and runs.</summary>
/// <param name="Terminal">Null: its standard input is a pipe.</param>
public sealed record Interaction(TerminalSettings? Terminal)
{
    /// <summary>How much of it may lie here that the run has not read; the callers wait with more.</summary>
    public const int RoomBytes = 256 * 1024;

    /// <summary>Nothing more comes than the request has: of a run that waited in the instance before.</summary>
    public bool IsClosed { get; init; }
}
