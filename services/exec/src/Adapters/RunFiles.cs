using Microsoft.Win32.SafeHandles;
using PvExec.Linux;

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
    public Pipe? Between { get; private set; }

    public Pipe? Output { get; private set; }

    public Pipe? Error { get; private set; }

    /// <exception cref="IOException">No descriptor or no memory is left.</exception>
    public void Open(ReadOnlySpan<byte> input, bool withFilter)
    {
        Output = Pipe.Create();
        Error = Pipe.Create();
        Between = withFilter ? Pipe.Create() : null;
        Input = input.IsEmpty ? null : AnonymousFile.Create("pv-exec input", input);
    }

    public void Dispose()
    {
        Input?.Dispose();
        Between?.Dispose();
        Output?.Writing.Dispose();
        Error?.Writing.Dispose();
    }
}
