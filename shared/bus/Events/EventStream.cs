using System.Threading.Channels;
using PvExec.Kernel;
using PvExec.Proto.Bus;

namespace PvExec.Bus.Events;

/// <summary>The events of one kind, in order. A reader that is too slow loses the oldest and is told how many.</summary>
public sealed class EventStream<T>
    where T : IBusMessage<T>
{
    private readonly int _capacity;
    private readonly long _capacityBytes;
    private readonly Action<string> _unreadable;

    /// <summary>Guards the three below. A leaf.</summary>
    private readonly Lock _lock = new();
    private readonly Queue<Waiting> _queue = new();
    private long _bytes;

    // What was lost just before the first of the queue, because the queue was full.
    private long _pushedOut;

    // Wakes the reader; its completion is the end.
    private readonly Channel<bool> _arrived = Channel.CreateBounded<bool>(new BoundedChannelOptions(1) { FullMode = BoundedChannelFullMode.DropWrite });

    // Both are the writer's alone: the number of the event that came last, 0 before the first, and how many were lost since
    // the last that could be read.
    private ulong _last;
    private long _missed;

    internal EventStream(int capacity, long capacityBytes, Action<string> unreadable)
    {
        (_capacity, _capacityBytes, _unreadable) = (capacity, capacityBytes, unreadable);
    }

    /// <summary>The next event. One reader at a time.</summary>
    /// <exception cref="OperationCanceledException"/>
    /// <exception cref="ChannelClosedException">The subscriber was disposed and everything has been read.</exception>
    public async ValueTask<BusEvent<T>> ReadAsync(CancellationToken cancellationToken)
    {
        while (true)
        {
            lock (_lock)
            {
                if (_queue.TryDequeue(out Waiting next))
                {
                    _bytes -= next.Bytes;
                    (long pushedOut, _pushedOut) = (_pushedOut, 0);
                    return new BusEvent<T>(next.Message, next.Dropped + pushedOut);
                }
            }

            await _arrived.Reader.ReadAsync(cancellationToken);
        }
    }

    /// <summary>One writer at a time.</summary>
    internal void Take(Envelope envelope)
    {
        ulong number = envelope.Correlation;

        // Numbers count up by one. A lower one comes from a publisher that was started anew.
        _missed += _last != 0 && number > _last ? (long)(number - _last - 1) : 0;
        _last = number;
        if (!BusCodec.Body<T>(envelope).TryGet(out T? message, out Fault? malformed))
        {
            _unreadable(malformed.Detail);
            _missed++;
            return;
        }

        lock (_lock)
        {
            Add(new Waiting(message, envelope.Body.Length, _missed));
        }

        _missed = 0;
        _arrived.Writer.TryWrite(true);
    }

    internal void End() => _arrived.Writer.TryComplete();

    // Called under the lock.
    private void Add(Waiting added)
    {
        while (_queue.Count > 0 && (_queue.Count >= _capacity || _bytes + added.Bytes > _capacityBytes))
        {
            Waiting oldest = _queue.Dequeue();
            _bytes -= oldest.Bytes;
            _pushedOut += oldest.Dropped + 1;
        }

        _queue.Enqueue(added);
        _bytes += added.Bytes;
    }

    private readonly record struct Waiting(T Message, int Bytes, long Dropped);
}
