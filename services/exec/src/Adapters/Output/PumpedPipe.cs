using System.Runtime.InteropServices;
using PvExec.Exec.Core.Output;
using PvExec.Linux.Files;

namespace PvExec.Exec.Adapters.Output;

/// <summary>A pipe that an <see cref="OutputPump"/> reads.</summary>
public sealed class PumpedPipe
{
    private readonly OutputPump _pump;
    private readonly StreamLog _log;
    private readonly StreamFile _file;
    private readonly TaskCompletionSource _ended = new(TaskCreationOptions.RunContinuationsAsynchronously);

    internal PumpedPipe(OutputPump pump, long key, SafeHandle handle, StreamLog log, StreamFile file)
    {
        _pump = pump;
        _log = log;
        _file = file;
        Key = key;
        Handle = handle;
    }

    /// <summary>Completes when every process that could write has closed its end, and all has been read.</summary>
    public Task Ended => _ended.Task;

    /// <summary>Why reading ended before the end of the pipe, or null.</summary>
    public IOException? Error { get; private set; }

    internal long Key { get; }

    internal SafeHandle Handle { get; }

    /// <summary>Completes when all that is in the pipe at the time of the call has been read. It is read on after that.</summary>
    public Task DrainAsync()
    {
        var drained = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        _pump.RequestDrain(this, drained);
        return drained.Task;
    }

    /// <summary>On the pump's thread.</summary>
    /// <param name="scratch">Its length is the most that is moved.</param>
    /// <returns>How many bytes, 0 at the end, <see cref="Splice.NothingNow"/>.</returns>
    internal int MoveOnce(Span<byte> scratch)
    {
        int count;
        try
        {
            _log.TryAgain();
            count = _file.MoveFrom(Handle, _log.Length, scratch);
            if (count > 0)
            {
                _log.Grow(count);
            }
        }
        catch (StreamFullException e)
        {
            return Drop(e, scratch);
        }
        catch (ObjectDisposedException)
        {
            // Nobody will ask for it any more; but a writer that nobody reads would be stuck.
            count = NonBlockingRead.Read(Handle, scratch);
        }

        return count;
    }

    /// <summary>The task is not to wait for a place that may never come: what there is none for is dropped, and counts as a gap.</summary>
    private int Drop(StreamFullException full, Span<byte> scratch)
    {
        _log.Lose(full);
        int count = full.Taken > 0 ? full.Taken : NonBlockingRead.Read(full.From, scratch);
        if (count > 0)
        {
            _file.Extend(_log.Length + count);
            _log.Grow(count);
        }

        return count;
    }

    internal void Close() => Handle.Dispose();

    internal void SetEnded(IOException? error)
    {
        Error = error;
        _log.End();
        _ended.TrySetResult();
    }
}
