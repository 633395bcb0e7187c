using System.Collections.Concurrent;
using PvExec.Linux.Events;

namespace PvExec.Exec.Adapters.Input;

/// <summary>
/// Moves the input of all runs on to them on one thread (epoll(7)). A run that does not read costs nothing: its way is
/// waited for, and what has been taken for it stays in its file. The thread is started with the first input.
/// </summary>
public sealed class InputPump : IDisposable
{
    private const long WakeKey = 0;
    private const int ForEver = -1;

    private readonly ConcurrentDictionary<long, InputFeed> _feeds = new();
    private readonly ConcurrentQueue<long> _awake = new();
    private readonly EventPoll _poll = new();
    private readonly EventCounter _wake = new();
    private readonly Lazy<Thread> _thread;
    private long _lastKey = WakeKey;
    private volatile bool _stopping;

    public InputPump()
    {
        _poll.Add(_wake.Handle, WakeKey, PollEvents.Readable);
        _thread = new Lazy<Thread>(() =>
        {
            var thread = new Thread(Pump, 256 * 1024) { IsBackground = true, Name = "input pump" };
            thread.Start();
            return thread;
        });
    }

    /// <summary>Moves what the feed has, and what it gets, until all of it has gone or the feed ends.</summary>
    /// <param name="way">Taken over.</param>
    /// <param name="onAllGone">Called once, when the way is closed for good; not by <see cref="Stop"/>.</param>
    internal void Add(InputFeed feed, InputWay way, Action onAllGone)
    {
        _ = _thread.Value;
        long key = Interlocked.Increment(ref _lastKey);
        _feeds[key] = feed;
        feed.Open(way, () => Wake(key), () =>
        {
            _feeds.TryRemove(key, out _);
            onAllGone();
        });
        Wake(key);
    }

    /// <summary>Moves nothing any more, and closes every way here: another instance of this service goes on.</summary>
    public void Stop()
    {
        _stopping = true;
        if (_thread.IsValueCreated)
        {
            _wake.Set();
            _thread.Value.Join();
        }

        foreach (InputFeed feed in _feeds.Values)
        {
            feed.Leave();
        }
    }

    public void Dispose()
    {
        Stop();
        _poll.Dispose();
        _wake.Dispose();
    }

    private void Wake(long key)
    {
        _awake.Enqueue(key);
        _wake.Set();
    }

    private void Pump()
    {
        var ready = new (long Key, PollEvents Events)[64];
        while (!_stopping)
        {
            int count = _poll.Wait(ready, ForEver);
            for (int i = 0; i < count && !_stopping; i++)
            {
                if (ready[i].Key == WakeKey)
                {
                    _wake.Reset();
                }
                else
                {
                    Move(ready[i].Key);
                }
            }

            // As many as there are now: one that moves on and on comes again after the others.
            for (int left = _awake.Count; left > 0 && !_stopping && _awake.TryDequeue(out long key); left--)
            {
                Move(key);
            }
        }
    }

    private void Move(long key)
    {
        if (_feeds.TryGetValue(key, out InputFeed? feed) && feed.MoveOnce(_poll, key))
        {
            Wake(key);
        }
    }
}
