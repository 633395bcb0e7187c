using PvExec.Exec.Core.Input;
using PvExec.Exec.Core.Output;

namespace PvExec.Exec.Core.Runs;

/// <summary>What a caller asks for.</summary>
/// <param name="TaskName">Not checked yet.</param>
/// <param name="Variables">Not checked yet; the later of two values of a name counts.</param>
/// <param name="Input">The task's standard input.</param>
/// <param name="HeadBytes">How much of the beginning of its standard output is kept at least, if more than by default.</param>
public sealed record RunRequest(
    string TaskName,
    IReadOnlyList<KeyValuePair<string, string>> Variables,
    ReadOnlyMemory<byte> Input,
    int HeadBytes)
{
    /// <summary>Makes the start idempotent; null for a new run in any case.</summary>
    public ClientToken? Token { get; init; }

    /// <summary>How much of its output is kept, and where.</summary>
    public OutputLimits Output { get; init; } = OutputLimits.Default;

    /// <summary>The run waits for its caller to read what it writes.</summary>
    public bool IsLossless { get; init; }

    /// <summary>What becomes of the run when its caller does not come back to it.</summary>
    public OnDisconnect OnDisconnect { get; init; }

    /// <summary>Set when more input comes than <see cref="Input"/>, or on a terminal.</summary>
    public Interaction? Interaction { get; init; }

    /// <summary>What it may hold in memory while it waits, in bytes.</summary>
    public int HeldBytes => Input.Length + (Interaction is null ? 0 : Interaction.RoomBytes);
}
