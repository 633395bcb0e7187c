using PvExec.Exec.Core.Output;

namespace PvExec.Exec.Core.Input;

/// <summary>
/// What a run is given on its standard input while it waits and runs. Bytes are taken into a bounded store at once and go
/// on from there as the run reads: nobody who gives any waits inside.
/// </summary>
public interface IRunInput : IDisposable
{
    /// <summary>Null when it is a pipe.</summary>
    TerminalSettings? Terminal { get; }

    /// <summary>How many bytes have been taken. An instance of this service that follows goes on counting there.</summary>
    long Length { get; }

    /// <summary>No more is taken.</summary>
    bool IsClosed { get; }

    /// <summary>Why what was taken did not all go on to a run that would have read it, or null.</summary>
    IOException? Error { get; }

    /// <summary>It has room again, or the run has ended.</summary>
    ChangeSignal Changes { get; }

    /// <summary>Takes as many bytes as there is room for. What comes once it is closed, or nobody reads any more, is taken and dropped.</summary>
    /// <returns>How many were taken.</returns>
    int Take(ReadOnlySpan<byte> bytes);

    /// <summary>The end of the input; on a terminal its end-of-file character, after which more may come.</summary>
    void Close();

    /// <summary>The terminal's window has another size.</summary>
    void Resize(int columns, int rows);

    /// <summary>All that was taken and has not gone on.</summary>
    byte[] Rest();

    /// <summary>The first bytes are kept elsewhere: their memory is given back, and they read as zeros until <see cref="PutBack"/>. Before the run is started.</summary>
    /// <returns>False when there is nothing to be given back, or nobody will read them.</returns>
    bool SetAside(int firstBytes);

    /// <summary>The bytes that were set aside are there again.</summary>
    /// <exception cref="IOException">No memory is left.</exception>
    void PutBack(ReadOnlySpan<byte> first);
}
