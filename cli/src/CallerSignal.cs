namespace PvExec.Cli;

/// <summary>What the caller tells this program by a signal; the numbers are those of signal(7).</summary>
public enum CallerSignal
{
    /// <summary>The terminal is gone.</summary>
    Hangup = 1,
    /// <summary>Ctrl-C.</summary>
    Interrupt = 2,
    Quit = 3,
    Terminate = 15,
    /// <summary>The terminal's window has another size.</summary>
    Resized = 28,
}
