using System.Collections.Concurrent;
using System.Runtime.InteropServices;
using PvExec.Exec.Core.Output;
using PvExec.Linux.Events;
using PvExec.Linux.Files;

namespace PvExec.Exec.Adapters.Output;

/// <summary>
/// Moves the output of all runs from their pipes to files on one thread (epoll(7)), and on another one what goes to disk, so that a run costs no thread and a
/// chatty one takes turns with the others: one buffer a turn. A pipe whose run waits for its reader (<see cref="ReaderPace"/>) is left alone till that has read.
/// Split into the pipes that are watched (here) and the young ones.
/// </summary>
public sealed partial class OutputPump : IDisposable
{
    /// <summary>A pipe's usual capacity.</summary>
    private const int BufferBytes = 64 * 1024;

    /// <summary>A pipe's largest capacity without privilege: what is in one at a given moment is never more.</summary>
    private const int MostInPipeBytes = 1024 * 1024;

    private const long WakeKey = 0;

    private readonly ConcurrentDictionary<long, PumpedPipe> _pipes = new();
    private readonly ConcurrentQueue<(PumpedPipe Pipe, TaskCompletionSource Drained)> _toDrain = new();
    private readonly EventPoll _poll = new();
    private readonly EventCounter _wake = new();
    private readonly byte[] _buffer = new byte[BufferBytes];
    private readonly Thread _thread;

    /// <summary>Those that are left alone now. For the thread alone.</summary>
    private readonly HashSet<PumpedPipe> _held = [];

    private readonly Action _lookAgain;

    /// <summary>Guards <see cref="_disk"/> and the young pipes. Those of logs are taken inside.</summary>
    private readonly Lock _lock = new();

    private readonly bool _isForDisk;
    private OutputPump? _disk;
    private long _lastKey = WakeKey;
    private volatile bool _stopping;
    private volatile bool _isReleased;

    public OutputPump()
        : this(YoungFor)
    {
    }

    /// <param name="youngFor">In milliseconds.</param>
    internal OutputPump(int youngFor)
        : this(isForDisk: false, youngFor)
    {
    }

    private OutputPump(bool isForDisk, int youngFor)
    {
        _isForDisk = isForDisk;
        _youngFor = youngFor;
        _lookAgain = LookAgain;
        _poll.Add(_wake.Handle, WakeKey, PollEvents.Readable);
        _thread = new Thread(Pump) { IsBackground = true, Name = isForDisk ? "disk pump" : "output pump" };
        _thread.Start();
    }

    /// <summary>Reads the pipe to its end, then closes it. Once the file is closed, what still comes is dropped.</summary>
    /// <param name="reading">Taken over, also when this throws.</param>
    /// <param name="log">Told of what is in the file.</param>
    /// <param name="file">Stays the caller's.</param>
    /// <param name="through">What is read goes through this pipe: for a terminal. Taken over too.</param>
    /// <exception cref="IOException">It cannot be waited for.</exception>
    public PumpedPipe Add(SafeHandle reading, StreamLog log, StreamFile file, PipePair? through = null)
    {
        if (file.IsOnDisk && !_isForDisk)
        {
            return ForDisk().Add(reading, log, file, through);
        }

        PumpedPipe pipe = Begin(reading, log, file, through);
        _pipes[pipe.Key] = pipe;
        try
        {
            _poll.Add(reading, pipe.Key, PollEvents.Readable);
            return pipe;
        }
        catch
        {
            _pipes.TryRemove(pipe.Key, out _);
            log.End();
            pipe.Close();
            throw;
        }
    }

    private PumpedPipe Begin(SafeHandle reading, StreamLog log, StreamFile file, PipePair? through)
    {
        var pipe = new PumpedPipe(this, Interlocked.Increment(ref _lastKey), reading, log, file, through);
        log.Released = _lookAgain;
        log.Begin();
        try
        {
            if (through is not null)
            {
                pipe.MoveLeft(new byte[BufferBytes]);

                // Of a pipe alone splice(2) can be told not to wait.
                NonBlockingRead.Enable(reading);
            }

            return pipe;
        }
        catch
        {
            log.End();
            pipe.Close();
            throw;
        }
    }

    /// <summary>
    /// Reads no more: when it returns, every byte is either in a pipe or in its file. Nobody is left waiting for a drain.
    /// </summary>
    public void Stop()
    {
        lock (_lock)
        {
            _stopping = true;
        }

        _wake.Set();
        _thread.Join();
        DropRequests();
        lock (_lock)
        {
            _disk?.Stop();
        }
    }

    /// <summary>Stops. Pipes that have not come to their end are closed.</summary>
    public void Dispose()
    {
        Stop();
        foreach (PumpedPipe pipe in _pipes.Values.Concat(_young.Select(young => young.Pipe)))
        {
            pipe.Close();
        }

        _poll.Dispose();
        _wake.Dispose();
        _disk?.Dispose();
    }

    /// <summary>A thread of its own: a disk that is slow must not delay what is kept in memory.</summary>
    private OutputPump ForDisk()
    {
        lock (_lock)
        {
            return _disk ??= new OutputPump(isForDisk: true, YoungFor);
        }
    }

    internal void RequestDrain(PumpedPipe pipe, TaskCompletionSource drained)
    {
        _toDrain.Enqueue((pipe, drained));
        if (_stopping)
        {
            DropRequests();
            return;
        }

        _wake.Set();
    }

    private void DropRequests()
    {
        while (_toDrain.TryDequeue(out var request))
        {
            request.Drained.TrySetResult();
        }
    }

    private void Pump()
    {
        var ready = new (long Key, PollEvents Events)[64];
        while (!_stopping)
        {
            int count = _poll.Wait(ready, WatchYoung());
            for (int i = 0; i < count; i++)
            {
                if (ready[i].Key == WakeKey)
                {
                    _wake.Reset();
                }
                else if (_pipes.TryGetValue(ready[i].Key, out PumpedPipe? pipe))
                {
                    ReadInTurn(pipe);
                }
            }

            Resume();
            while (_toDrain.TryDequeue(out var request))
            {
                Drain(request.Pipe);
                request.Drained.TrySetResult();
            }
        }
    }

    private void LookAgain()
    {
        _isReleased = true;
        if (!_stopping)
        {
            _wake.Set();
        }
    }

    private void ReadInTurn(PumpedPipe pipe)
    {
        if (pipe.Log.Room is var room and > 0)
        {
            ReadOnce(pipe, room);
        }
        else if (!_held.Contains(pipe) && pipe.Log.TryHold())
        {
            // That its writer has gone is told whatever is waited for: once only, or it would be told at every turn.
            _poll.Change(pipe.Handle, pipe.Key, PollEvents.Once);
            _held.Add(pipe);
        }
    }

    private void Resume()
    {
        if (!_isReleased)
        {
            return;
        }

        // Before the look: what is released after it is looked at in the next turn.
        _isReleased = false;
        foreach (PumpedPipe pipe in _held.Where(pipe => !pipe.Log.IsHeld).ToArray())
        {
            _held.Remove(pipe);
            _poll.Change(pipe.Handle, pipe.Key, PollEvents.Readable);
        }
    }

    /// <summary>Also when its reader is waited for: that a run has ended is not to wait, and there is room for what a pipe holds.</summary>
    private void Drain(PumpedPipe pipe)
    {
        if (!WatchNow(pipe) || pipe.Ended.IsCompleted)
        {
            return;
        }

        int left = MostInPipeBytes;
        while (left > 0 && ReadOnce(pipe, left) is var count and > 0)
        {
            left -= count;
        }
    }

    /// <returns>How many bytes; 0 or less when there is nothing now or no more ever.</returns>
    private int ReadOnce(PumpedPipe pipe, long atMost)
    {
        int count = Move(pipe, _buffer.AsSpan(0, (int)Math.Min(atMost, BufferBytes)), out IOException? error);
        if (count == 0)
        {
            _poll.Remove(pipe.Handle);
            _held.Remove(pipe);
            _pipes.TryRemove(pipe.Key, out _);
            pipe.Close();
            pipe.SetEnded(error);
        }

        return count;
    }

    /// <param name="error">Why there is no more ever.</param>
    /// <returns>How many bytes; 0: there are no more ever; <see cref="Splice.NothingNow"/>.</returns>
    private static int Move(PumpedPipe pipe, Span<byte> scratch, out IOException? error)
    {
        error = null;
        try
        {
            return pipe.MoveOnce(scratch);
        }
        catch (IOException e)
        {
            error = e;
            return 0;
        }
    }
}
