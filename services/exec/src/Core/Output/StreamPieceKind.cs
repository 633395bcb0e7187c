namespace PvExec.Exec.Core.Output;

public enum StreamPieceKind
{
    /// <summary>The reader has all that was written so far; more may come.</summary>
    NothingYet,

    Bytes,

    /// <summary>Bytes that are not kept.</summary>
    Gap,

    /// <summary>The reader has everything, and nobody can write any more.</summary>
    End,
}
