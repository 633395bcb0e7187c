using System.Runtime.InteropServices;
using PvExec.Exec.Core.Output;

namespace PvExec.Exec.Adapters;

/// <summary>A pipe that an <see cref="OutputPump"/> reads.</summary>
public sealed class PumpedPipe
{
    private readonly OutputPump _pump;
    private readonly TaskCompletionSource _ended = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly TaskCompletionSource _drained = new(TaskCreationOptions.RunContinuationsAsynchronously);

    internal PumpedPipe(OutputPump pump, long key, SafeHandle handle, OutputStream stream, IOutputSink sink)
    {
        _pump = pump;
        Key = key;
        Handle = handle;
        Stream = stream;
        Sink = sink;
    }

    /// <summary>Completes when every process that could write has closed its end, and all has been read.</summary>
    public Task Ended => _ended.Task;

    /// <summary>Why reading ended before the end of the pipe, or null.</summary>
    public IOException? Error { get; private set; }

    internal long Key { get; }

    internal SafeHandle Handle { get; }

    internal OutputStream Stream { get; }

    internal IOutputSink Sink { get; }

    /// <summary>Completes when all that is in the pipe at the time of the call has been read. It is read on after that.</summary>
    public Task DrainAsync()
    {
        _pump.RequestDrain(this);
        return _drained.Task;
    }

    internal void Close() => Handle.Dispose();

    internal void SetDrained() => _drained.TrySetResult();

    internal void SetEnded(IOException? error)
    {
        Error = error;
        _drained.TrySetResult();
        _ended.TrySetResult();
    }
}
