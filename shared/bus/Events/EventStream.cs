using System.Threading.Channels;
using PvExec.Kernel;
using PvExec.Proto.Bus;

namespace PvExec.Bus.Events;

/// <summary>The events of one kind, in order. A reader that is too slow loses the oldest and is told how many.</summary>
public sealed class EventStream<T>
    where T : IBusMessage<T>
{
    private readonly Channel<(ulong Number, T Message)> _queue;
    private readonly Action<string> _unreadable;

    // The number of the event that was read last; 0 before the first.
    private ulong _last;

    internal EventStream(int capacity, Action<string> unreadable)
    {
        _unreadable = unreadable;
        _queue = Channel.CreateBounded<(ulong, T)>(new BoundedChannelOptions(capacity)
        {
            FullMode = BoundedChannelFullMode.DropOldest,
            SingleWriter = true,
            SingleReader = true,
        });
    }

    /// <summary>The next event. One reader at a time.</summary>
    /// <exception cref="OperationCanceledException"/>
    /// <exception cref="ChannelClosedException">The subscriber was disposed and everything has been read.</exception>
    public async ValueTask<BusEvent<T>> ReadAsync(CancellationToken cancellationToken)
    {
        (ulong number, T message) = await _queue.Reader.ReadAsync(cancellationToken);

        // Numbers count up by one. A lower one comes from a publisher that was started anew.
        long dropped = _last != 0 && number > _last ? (long)(number - _last - 1) : 0;
        _last = number;
        return new BusEvent<T>(message, dropped);
    }

    internal void Take(Envelope envelope)
    {
        if (BusCodec.Body<T>(envelope).TryGet(out T? message, out Fault? malformed))
        {
            _queue.Writer.TryWrite((envelope.Correlation, message));
        }
        else
        {
            _unreadable(malformed.Detail);
        }
    }

    internal void End() => _queue.Writer.TryComplete();
}
