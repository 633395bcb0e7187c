using System.Runtime.InteropServices;
using PvExec.Exec.Core.Output;
using PvExec.Linux;
using PvExec.Linux.Files;

namespace PvExec.Exec.Adapters.Output;

/// <summary>A pipe, or a terminal, that an <see cref="OutputPump"/> reads.</summary>
public sealed class PumpedPipe
{
    private readonly OutputPump _pump;
    private readonly StreamLog _log;
    private readonly StreamFile _file;
    private readonly PipePair? _through;
    private readonly TaskCompletionSource _ended = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly TaskCompletionSource _endedAtOnce = new();

    internal PumpedPipe(OutputPump pump, long key, SafeHandle handle, StreamLog log, StreamFile file, PipePair? through)
    {
        _pump = pump;
        _log = log;
        _file = file;
        _through = through;
        Key = key;
        Handle = handle;
    }

    /// <summary>Completes when every process that could write has closed its end, and all has been read.</summary>
    public Task Ended => _ended.Task;

    /// <summary>As <see cref="Ended"/>; what awaits it goes on at once, on the pump's thread or that of <see cref="TryEnd"/>, so that no other has to be woken. It must not stop the pump there.</summary>
    public Task EndedAtOnce => _endedAtOnce.Task;

    /// <summary>Why reading ended before the end of the pipe, or null: it could not even be read to be dropped.</summary>
    public IOException? Error { get; private set; }

    /// <summary>The pump does not watch it yet, and it has not ended. The pump's lock guards it.</summary>
    internal bool IsYoung { get; set; }

    /// <summary>It was read to its end before the pump watched it. The pump's lock guards it.</summary>
    internal bool IsOver { get; set; }

    internal long Key { get; }

    internal SafeHandle Handle { get; }

    internal StreamLog Log => _log;

    /// <summary>When the process that writes has ended: moves what is in the pipe, if the pump has not begun to watch it.</summary>
    /// <returns>Whether it has come to its end: else it is read on, until it does.</returns>
    public bool TryEnd() => _endedAtOnce.Task.IsCompleted || _pump.TryEnd(this);

    /// <summary>Completes when all that is in the pipe at the time of the call has been read. It is read on after that.</summary>
    public Task DrainAsync()
    {
        var drained = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        _pump.RequestDrain(this, drained);
        return drained.Task;
    }

    /// <summary>Before it is read: what an earlier instance of this service moved only half the way.</summary>
    /// <exception cref="IOException">No memory is left.</exception>
    internal void MoveLeft(Span<byte> scratch)
    {
        try
        {
            while (_through is { } through && _file.MoveFrom(through.ReadEnd, _log.Length, scratch) is var count and > 0)
            {
                _log.Grow(count);
            }
        }
        catch (StreamFullException e)
        {
            Drop(e, scratch);
        }
    }

    /// <summary>On the pump's thread.</summary>
    /// <param name="scratch">Its length is the most that is moved.</param>
    /// <returns>How many bytes, 0 at the end, <see cref="Splice.NothingNow"/>.</returns>
    internal int MoveOnce(Span<byte> scratch)
    {
        try
        {
            return Move(scratch);
        }
        catch (IOException e) when (IsEndOfTerminal(e))
        {
            // Nobody has the terminal any more.
            return 0;
        }
    }

    private bool IsEndOfTerminal(IOException e) => _through is not null && e is SystemCallException { Errno: Errno.EIO };

    internal void Close()
    {
        Handle.Dispose();
        _through?.ReadEnd.Dispose();
        _through?.WriteEnd.Dispose();
    }

    private int Move(Span<byte> scratch)
    {
        try
        {
            return MoveOrDrop(scratch);
        }
        catch (ObjectDisposedException)
        {
            // Its file or its journal is closed. Nobody will ask for it any more; but a writer that nobody reads would be stuck.
            return ReadAway(scratch);
        }
        catch (IOException e) when (!IsEndOfTerminal(e))
        {
            return DropAny(e, scratch);
        }
    }

    /// <summary>Whatever does not work here is not the writer's fault, who would be stuck if nobody read: that is the end only when it cannot be read either.</summary>
    private int DropAny(IOException why, Span<byte> scratch)
    {
        int count = ReadAway(scratch);
        if (count <= 0)
        {
            return count;
        }

        try
        {
            _log.Lose(why);
            _file.Extend(_log.Length + count);
            _log.Grow(count);
        }
        catch (Exception e) when (e is IOException or ObjectDisposedException)
        {
            // Not even that can be noted: what was read is as if it had not been written.
        }

        return count;
    }

    private int ReadAway(Span<byte> scratch)
    {
        if (_through is { } through)
        {
            if (ReadFrom(through.ReadEnd, scratch) is var left and > 0)
            {
                return left;
            }
        }

        return ReadFrom(Handle, scratch);
    }

    private static int ReadFrom(SafeHandle pipe, Span<byte> scratch)
    {
        NonBlockingRead.Enable(pipe);
        return NonBlockingRead.Read(pipe, scratch);
    }

    private int MoveOrDrop(Span<byte> scratch)
    {
        try
        {
            _log.TryAgain();
            int count = _through is { } through ? MoveThrough(through, scratch) : _file.MoveFrom(Handle, _log.Length, scratch);
            if (count > 0)
            {
                _log.Grow(count);
            }

            return count;
        }
        catch (StreamFullException e)
        {
            return Drop(e, scratch);
        }
    }

    /// <summary>The task is not to wait for a place that may never come: what there is none for is dropped, and counts as a gap.</summary>
    private int Drop(StreamFullException full, Span<byte> scratch)
    {
        _log.Lose(full);
        int count = full.Taken > 0 ? full.Taken : ReadFrom(full.From, scratch);
        if (count > 0)
        {
            _file.Extend(_log.Length + count);
            _log.Grow(count);
        }

        return count;
    }

    /// <summary>
    /// From a terminal, which splice(2) moves to a pipe only. What is in that one is still there for an instance of this
    /// service that follows: at no moment is a byte nowhere but in this process.
    /// </summary>
    private int MoveThrough(PipePair through, Span<byte> scratch)
    {
        int left = _file.MoveFrom(through.ReadEnd, _log.Length, scratch);
        if (left > 0)
        {
            return left;
        }

        return Splice.Move(Handle, through.WriteEnd, scratch.Length) switch
        {
            > 0 => _file.MoveFrom(through.ReadEnd, _log.Length, scratch),

            // As EIO of a read.
            Splice.Gone => 0,

            // Before Linux 5.11: what is read here and not yet written is lost when this process is killed then.
            Splice.Unsupported => _file.MoveFrom(Handle, _log.Length, scratch),
            var none => none,
        };
    }

    internal void SetEnded(IOException? error)
    {
        Error = error;
        _log.End();
        _ended.TrySetResult();
        _endedAtOnce.TrySetResult();
    }
}
