namespace PvExec.Exec.Core.Output;

/// <summary>Where a stream's bytes lie.</summary>
public interface IStreamBytes : IDisposable
{
    long Length { get; }

    /// <returns>How many bytes were read, 0 at the end.</returns>
    int Read(long offset, Span<byte> buffer);

    /// <summary>Gives the space of a part back; the length stays.</summary>
    void Free(long offset, long length);

    /// <summary>Whether all of it was given back, by this instance of the service or one before.</summary>
    bool IsDropped { get; }

    /// <summary>Gives all of it back; the length stays. Whoever takes it over knows before the first byte is gone.</summary>
    void Drop();
}
