using System.Collections.Concurrent;
using System.Runtime.InteropServices;
using PvExec.Linux.Events;

namespace PvExec.Http2.Loop;

/// <summary>
/// The one thread that serves everything. A turn waits for descriptors (epoll(7)), reads all that are ready, does what is
/// due, and then writes each connection once. Everything here is the thread's own, but for <see cref="Post"/> and <see cref="DoAsync"/>.
/// </summary>
internal sealed class EventLoop : IDisposable
{
    /// <summary>What one read or write moves at most.</summary>
    public const int TransferBytes = 64 * 1024;

    private const long WakeToken = 0;

    private readonly TimeProvider _time;
    private readonly Action<Exception> _unexpected;
    private readonly EventPoll _poll = new();
    private readonly EventCounter _wake = new();
    private readonly ConcurrentQueue<Action> _posted = [];
    private readonly Dictionary<long, IPolled> _polled = [];
    private readonly List<IFlushed> _toFlush = [];
    private readonly PriorityQueue<Due, long> _due = new();
    private readonly TaskCompletionSource _over = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly long _start;
    private byte[]? _buffer;
    private Thread? _thread;
    private long _lastToken = WakeToken;
    private bool _isOver;

    /// <param name="unexpected">Told of a bug that ended one connection or one action.</param>
    public EventLoop(TimeProvider time, Action<Exception> unexpected)
    {
        _time = time;
        _unexpected = unexpected;
        _start = time.GetTimestamp();
        _poll.Add(_wake.Handle, WakeToken, PollEvents.Readable);
    }

    /// <summary>For one read or one write at a time; its content is nobody's after that. A write may come in pieces that are longer by a frame.</summary>
    public byte[] Buffer => _buffer ??= GC.AllocateUninitializedArray<byte>(TransferBytes + (32 * 1024), pinned: true);

    /// <summary>Whether the caller is on the loop's thread.</summary>
    public bool IsCurrent => Volatile.Read(ref _thread) == Thread.CurrentThread;

    /// <summary>Completes when the loop has been stopped: what is posted then is not done any more.</summary>
    public Task Over => _over.Task;

    /// <summary>Milliseconds since the loop was made.</summary>
    public long Now => (long)_time.GetElapsedTime(_start).TotalMilliseconds;

    /// <summary>From any thread: runs the action on the loop's, unless that is over.</summary>
    public void Post(Action action)
    {
        _posted.Enqueue(action);
        try
        {
            _wake.Set();
        }
        catch (ObjectDisposedException)
        {
            // The loop is over, and nobody does it any more.
        }
    }

    /// <summary>From any other thread: completes when the loop's has done it, after what it has read in that turn and before it writes; or when the loop is over.</summary>
    public Task DoAsync(Action action)
    {
        var done = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        Post(() =>
        {
            try
            {
                action();
                done.SetResult();
            }
            catch (Exception e)
            {
                done.SetException(e);
            }
        });

        return Task.WhenAny(done.Task, _over.Task).Unwrap();
    }

    /// <summary>Runs the action once the time has passed, unless it is cancelled before.</summary>
    public Due After(TimeSpan delay, Action action)
    {
        var due = new Due(action);
        _due.Enqueue(due, Now + (long)Math.Ceiling(delay.TotalMilliseconds));
        return due;
    }

    /// <returns>The token to change and to remove it by.</returns>
    public long Add(SafeHandle descriptor, IPolled polled, PollEvents interest)
    {
        long token = ++_lastToken;
        _poll.Add(descriptor, token, interest);
        _polled.Add(token, polled);
        return token;
    }

    public void Change(SafeHandle descriptor, long token, PollEvents interest) => _poll.Change(descriptor, token, interest);

    public void Remove(SafeHandle descriptor, long token)
    {
        if (_polled.Remove(token))
        {
            _poll.Remove(descriptor);
        }
    }

    /// <summary>To be called once before the flush: at the end of this turn.</summary>
    public void FlushLater(IFlushed flushed) => _toFlush.Add(flushed);

    public void Stop() => _isOver = true;

    /// <summary>Makes the calling thread the loop's, until it is stopped.</summary>
    public void Run()
    {
        Volatile.Write(ref _thread, Thread.CurrentThread);
        try
        {
            Turn();
        }
        finally
        {
            _over.SetResult();
        }
    }

    public void Dispose()
    {
        _poll.Dispose();
        _wake.Dispose();
    }

    private void Turn()
    {
        var ready = new (long Token, PollEvents Events)[64];
        while (!_isOver)
        {
            int count = _poll.Wait(ready, Timeout());
            for (int i = 0; i < count; i++)
            {
                // One that was removed earlier in this turn is not found.
                if (ready[i].Token == WakeToken)
                {
                    _wake.Reset();
                }
                else if (_polled.TryGetValue(ready[i].Token, out IPolled? polled))
                {
                    Serve(polled, ready[i].Events);
                }
            }

            for (int posted = _posted.Count; posted > 0 && _posted.TryDequeue(out Action? action); posted--)
            {
                Do(action);
            }

            while (_due.TryPeek(out Due? due, out long at) && at <= Now)
            {
                _due.Dequeue();
                Do(due.Run);
            }

            FlushAll();
        }
    }

    private int Timeout()
    {
        while (_due.TryPeek(out Due? due, out long at))
        {
            if (!due.IsCancelled)
            {
                return (int)Math.Clamp(at - Now, 0, int.MaxValue);
            }

            _due.Dequeue();
        }

        return -1;
    }

    private void Serve(IPolled polled, PollEvents events)
    {
        try
        {
            polled.OnReady(events);
        }
        catch (Exception e)
        {
            Abandon(polled, e);
        }
    }

    /// <summary>An end that fails too must not end the others.</summary>
    private void Abandon(IPolled polled, Exception error)
    {
        _unexpected(error);
        Do(() => polled.Abandon(error));
    }

    private void Do(Action action)
    {
        try
        {
            action();
        }
        catch (Exception e)
        {
            _unexpected(e);
        }
    }

    /// <summary>A flush may give others something to send: they are appended.</summary>
    private void FlushAll()
    {
        for (int i = 0; i < _toFlush.Count; i++)
        {
            try
            {
                _toFlush[i].Flush();
            }
            catch (Exception e)
            {
                Abandon(_toFlush[i], e);
            }
        }

        _toFlush.Clear();
    }
}
