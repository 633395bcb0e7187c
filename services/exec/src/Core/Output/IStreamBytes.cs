namespace PvExec.Exec.Core.Output;

/// <summary>Where a stream's bytes lie.</summary>
public interface IStreamBytes : IDisposable
{
    long Length { get; }

    /// <returns>How many bytes were read, 0 at the end.</returns>
    int Read(long offset, Span<byte> buffer);

    /// <summary>Gives the space of a part back; the length stays.</summary>
    void Free(long offset, long length);
}
