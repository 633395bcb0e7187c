using System.Buffers;
using System.Diagnostics;
using System.Runtime.InteropServices;
using PvExec.Exec.Core.Output;
using PvExec.Linux.Events;
using PvExec.Linux.Files;

namespace PvExec.Exec.Adapters.Output;

/// <content>
/// Pipes of runs that have just begun. To watch them, and to wake this thread at their end, costs a short run more than to read what little it has written:
/// who learns that it has ended does that (<see cref="PumpedPipe.TryEnd"/>). Those of a run that goes on are watched a moment later.
/// </content>
public sealed partial class OutputPump
{
    /// <summary>In milliseconds. What a run writes in them is seen by its readers that much later, or up to twice as much, and a pipe that is full waits so long, once.</summary>
    private const int YoungFor = 3;

    private const int ForEver = -1;

    private readonly int _youngFor;

    /// <summary>Those that are to be watched, oldest first; some are read to their end already.</summary>
    private readonly Queue<(PumpedPipe Pipe, long Since)> _young = new();

    private bool _isTimed; // the thread looks at them in time, or was just told to
    private bool _isAdded; // since it last looked

    /// <summary>As <see cref="Add"/>, for the pipe of a process that is about to be started.</summary>
    /// <exception cref="IOException">It is for a disk, and cannot be waited for.</exception>
    public PumpedPipe AddYoung(SafeHandle reading, StreamLog log, StreamFile file)
    {
        if (file.IsOnDisk)
        {
            return Add(reading, log, file);
        }

        PumpedPipe pipe = Begin(reading, log, file, through: null);
        pipe.IsYoung = true;
        bool wasTimed;
        lock (_lock)
        {
            _young.Enqueue((pipe, Stopwatch.GetTimestamp()));
            (wasTimed, _isTimed, _isAdded) = (_isTimed, true, true);
        }

        if (!wasTimed)
        {
            _wake.Set();
        }

        return pipe;
    }

    /// <summary>As <see cref="Add"/>, for the pipe of a process that has ended: when it returns, what was in it is in the file, also where that is on disk.</summary>
    /// <exception cref="IOException">No memory is left.</exception>
    public PumpedPipe AddOfEnded(SafeHandle reading, StreamLog log, StreamFile file, PipePair? through = null)
    {
        if (file.IsOnDisk && !_isForDisk)
        {
            return ForDisk().AddOfEnded(reading, log, file, through);
        }

        PumpedPipe pipe = Begin(reading, log, file, through);
        pipe.IsYoung = true;
        TryEnd(pipe);
        return pipe;
    }

    /// <summary>Moves what is in a young pipe whose writer has ended.</summary>
    /// <returns>Whether that was all: else somebody still writes, or may, and it is watched.</returns>
    internal bool TryEnd(PumpedPipe pipe)
    {
        IOException? error = null;
        lock (_lock)
        {
            if (!pipe.IsYoung || _stopping)
            {
                return pipe.Ended.IsCompleted;
            }

            if (!MoveAll(pipe, out error))
            {
                Watch(pipe);
                return false;
            }
        }

        pipe.SetEnded(error);
        return true;
    }

    /// <summary>On the thread: watches those that are old enough.</summary>
    /// <returns>After how many milliseconds to look again.</returns>
    private int WatchYoung()
    {
        (PumpedPipe Pipe, IOException? Error) ended = default;
        int pause;
        do
        {
            if (ended.Pipe is not null)
            {
                // Without the lock: whoever waits for that goes on here.
                ended.Pipe.SetEnded(ended.Error);
                ended = default;
            }

            lock (_lock)
            {
                while (ended.Pipe is null && NextOldEnough() is { } pipe)
                {
                    Watch(pipe);

                    // Where there is no room for that it is looked at from time to time.
                    if (pipe.IsYoung && MoveAll(pipe, out IOException? error))
                    {
                        ended = (pipe, error);
                    }
                }

                // One look more than needed: where runs follow on one another nobody has to wake this thread.
                _isTimed = _young.Count > 0 || _isAdded;
                _isAdded = false;
                pause = _isTimed ? _youngFor : ForEver;
            }
        }
        while (ended.Pipe is not null);
        return pause;
    }

    /// <summary>With the lock.</summary>
    private PumpedPipe? NextOldEnough()
    {
        while (_young.TryPeek(out (PumpedPipe Pipe, long Since) first) && (!first.Pipe.IsYoung || Stopwatch.GetElapsedTime(first.Since).TotalMilliseconds >= _youngFor))
        {
            _young.Dequeue();
            if (first.Pipe.IsYoung)
            {
                return first.Pipe;
            }
        }

        return null;
    }

    /// <summary>On the thread.</summary>
    /// <returns>False when it is not: it has ended, nothing is read any more, or there is no room for that.</returns>
    private bool WatchNow(PumpedPipe pipe)
    {
        lock (_lock)
        {
            if (!_stopping)
            {
                Watch(pipe);
            }

            return pipe is { IsYoung: false, IsOver: false };
        }
    }

    /// <summary>With the lock: has a pipe watched, if it is not. It stays young when there is no room for that.</summary>
    private void Watch(PumpedPipe pipe)
    {
        if (!pipe.IsYoung)
        {
            return;
        }

        _pipes[pipe.Key] = pipe;
        try
        {
            _poll.Add(pipe.Handle, pipe.Key, PollEvents.Readable);
            pipe.IsYoung = false;
        }
        catch (IOException)
        {
            // No memory, or as much is watched as this user may.
            _pipes.TryRemove(pipe.Key, out _);
            _young.Enqueue((pipe, Stopwatch.GetTimestamp()));
        }
    }

    /// <summary>With the lock: moves what is in a young pipe, at most what a pipe can hold.</summary>
    /// <param name="error">Why there is no more ever.</param>
    /// <returns>Whether there is no more ever: then it is closed.</returns>
    private static bool MoveAll(PumpedPipe pipe, out IOException? error)
    {
        byte[] scratch = ArrayPool<byte>.Shared.Rent(BufferBytes);
        int left = MostInPipeBytes, count;
        do
        {
            count = Move(pipe, scratch.AsSpan(0, Math.Min(left, BufferBytes)), out error);
            left -= count;
        }
        while (count > 0 && left > 0);
        ArrayPool<byte>.Shared.Return(scratch);
        if (count == 0)
        {
            (pipe.IsYoung, pipe.IsOver) = (false, true);
            pipe.Close();
        }

        return count == 0;
    }
}
