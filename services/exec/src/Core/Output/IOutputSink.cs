namespace PvExec.Exec.Core.Output;

/// <summary>Takes what a run's processes write. Called by one thread at a time for each stream, and must not wait.</summary>
public interface IOutputSink
{
    /// <param name="bytes">Valid during the call only.</param>
    void Write(OutputStream stream, ReadOnlySpan<byte> bytes);
}
