using PvExec.Api.V1;
using Piece = PvExec.Api.V1.Output;

namespace PvExec.Cli.Core;

/// <summary>How far a run has been followed, over all connections that it took.</summary>
public sealed class RunPosition
{
    /// <summary>Null until the run is accepted.</summary>
    public string? RunId { get; private set; }

    /// <summary>From then on it is never asked for again, only attached to: it must not run twice.</summary>
    public bool HasStarted { get; private set; }

    /// <summary>The next byte of standard output.</summary>
    public ulong StandardOffset { get; private set; }

    /// <inheritdoc cref="StandardOffset"/>
    public ulong ErrorOffset { get; private set; }

    public void Accept(string runId) => RunId = runId;

    public void Start() => HasStarted = true;

    /// <summary>Moves on behind a piece.</summary>
    /// <param name="missing">How many bytes before it never came.</param>
    /// <returns>What of it is new: a connection may repeat what the one before has brought.</returns>
    public ReadOnlyMemory<byte> Take(Piece piece, out ulong missing)
    {
        ulong at = Offset(piece.Stream);
        ulong end = piece.Offset + (ulong)piece.Data.Length;
        missing = piece.Offset > at ? piece.Offset - at : 0;
        if (end <= at)
        {
            return default;
        }

        Move(piece.Stream, end);
        return piece.Data.Memory[(int)(at > piece.Offset ? at - piece.Offset : 0)..];
    }

    /// <summary>Moves on behind bytes that are not kept.</summary>
    /// <returns>How many they are.</returns>
    public ulong Skip(Gap gap)
    {
        ulong at = Offset(gap.Stream);
        ulong end = gap.Offset + gap.Length;
        if (end <= at)
        {
            return 0;
        }

        Move(gap.Stream, end);
        return end - at;
    }

    private ulong Offset(OutputStream stream) => stream == OutputStream.Stderr ? ErrorOffset : StandardOffset;

    private void Move(OutputStream stream, ulong to)
    {
        if (stream == OutputStream.Stderr)
        {
            ErrorOffset = to;
        }
        else
        {
            StandardOffset = to;
        }
    }
}
