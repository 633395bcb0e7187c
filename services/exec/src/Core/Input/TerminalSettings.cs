namespace PvExec.Exec.Core.Input;

/// <summary>The terminal that a run is to have.</summary>
/// <param name="Type">For TERM.</param>
/// <param name="Columns">Of its window.</param>
/// <param name="Rows">Of its window.</param>
public sealed record TerminalSettings(string Type, int Columns, int Rows)
{
    /// <summary>In place of an empty type.</summary>
    public const string UsualType = "xterm-256color";

    /// <summary>What an old terminal had: programs take a window of no size badly.</summary>
    public const int UsualColumns = 80;

    /// <inheritdoc cref="UsualColumns"/>
    public const int UsualRows = 24;

    /// <summary>What the kernel can hold.</summary>
    public const int MaxSize = ushort.MaxValue;
}
