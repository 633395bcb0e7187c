using Microsoft.Win32.SafeHandles;
using PvExec.Linux.Files;

namespace PvExec.Exec.Adapters;

/// <summary>
/// The descriptors that a run's processes inherit. Disposing closes what only they need; the read ends of the output
/// are the pump's once it has them.
/// </summary>
internal sealed class RunFiles : IDisposable
{
    /// <summary>Null: /dev/null.</summary>
    public SafeFileHandle? Input { get; private set; }

    /// <summary>From <c>run</c> to <c>log</c>; null without a filter.</summary>
    public PipePair? Between { get; private set; }

    public PipePair? Output { get; private set; }

    public PipePair? Error { get; private set; }

    /// <exception cref="IOException">No descriptor or no memory is left.</exception>
    public void Open(ReadOnlySpan<byte> input, bool withFilter)
    {
        bool isOpen = false;
        try
        {
            Output = PipePair.Open();
            Error = PipePair.Open();
            Between = withFilter ? PipePair.Open() : null;
            Input = input.IsEmpty ? null : MemoryFile.Create("pv-exec input", input);
            isOpen = true;
        }
        finally
        {
            if (!isOpen)
            {
                // The pump is never given them.
                Output?.ReadEnd.Dispose();
                Error?.ReadEnd.Dispose();
            }
        }
    }

    public void Dispose()
    {
        Input?.Dispose();
        Between?.ReadEnd.Dispose();
        Between?.WriteEnd.Dispose();
        Output?.WriteEnd.Dispose();
        Error?.WriteEnd.Dispose();
    }
}
