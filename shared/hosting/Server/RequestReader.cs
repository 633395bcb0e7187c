using System.Buffers;
using System.IO.Pipelines;

namespace PvExec.Hosting.Server;

/// <summary>The body of a request: appended to by the loop, read by the call's handler. The caller may send as much more as was looked at (flow control): a message is taken in one piece.</summary>
internal sealed class RequestReader(ServerCall call) : PipeReader
{
    private const int FirstBytes = 512;

    private readonly Lock _lock = new(); // guards everything below; a leaf
    private byte[] _bytes = [];
    private byte[]? _lent; // what the handler still reads, where the bytes had to move
    private int _start;
    private int _end;
    private int _examined; // the handler waits for what is behind it
    private int _counted; // up to where the caller was given back what it has sent, or is about to be
    private int _toGive; // counted, and not given back yet
    private bool _isLent;
    private bool _isDropped; // nobody wants what comes
    private bool _isOver; // the stream has ended: nothing is given back any more
    private bool _isCancelled;
    private Exception? _error;
    private TaskCompletionSource<ReadResult>? _waiting;

    /// <summary>Whether a read waits.</summary>
    public bool IsAwaited
    {
        get
        {
            lock (_lock)
            {
                return _waiting is not null;
            }
        }
    }

    /// <summary>The caller has sent all.</summary>
    public bool HasEnded { get; private set; }

    /// <summary>On the loop.</summary>
    /// <returns>False when nobody wants it.</returns>
    public bool Append(ReadOnlySpan<byte> bytes)
    {
        lock (_lock)
        {
            if (_isDropped)
            {
                return false;
            }

            if (bytes.Length > _bytes.Length - _end)
            {
                MakeRoom(bytes.Length);
            }

            bytes.CopyTo(_bytes.AsSpan(_end));
            _end += bytes.Length;
            return true;
        }
    }

    /// <summary>On the loop: nothing more comes.</summary>
    public void End()
    {
        lock (_lock)
        {
            HasEnded = true;
        }
    }

    /// <summary>Nothing more comes, and what is not read yet is worth nothing.</summary>
    public void Fail(Exception error)
    {
        lock (_lock)
        {
            if (!HasEnded)
            {
                HasEnded = true;
                _error = error;
            }
        }

        Wake();
    }

    /// <summary>On the loop: lets a read that waits go on, if there is something for it.</summary>
    public void Wake()
    {
        TaskCompletionSource<ReadResult>? waiting;
        ReadResult result = default;
        Exception? error;
        lock (_lock)
        {
            waiting = _waiting;
            if (waiting is null || !CanRead)
            {
                return;
            }

            _waiting = null;
            error = _error;
            if (error is null)
            {
                result = Lend();
            }
        }

        if (error is not null)
        {
            waiting.TrySetException(error);
        }
        else
        {
            waiting.TrySetResult(result);
        }
    }

    /// <returns>How many bytes were looked at since the last time, for the caller to send as many.</returns>
    public int TakeConsumed()
    {
        lock (_lock)
        {
            int consumed = _toGive;
            _toGive = 0;
            return consumed;
        }
    }

    /// <summary>The stream has ended. A body that came whole can still be read, but is not counted again.</summary>
    /// <returns>How many bytes were looked at and not given back, and how many were not looked at.</returns>
    public (int Counted, int Unseen) Drop()
    {
        lock (_lock)
        {
            (int, int) left = (_toGive, _end - _counted);
            _toGive = 0;
            _isOver = true;
            return left;
        }
    }

    public override ValueTask<ReadResult> ReadAsync(CancellationToken cancellationToken = default)
    {
        TaskCompletionSource<ReadResult> waiting;
        lock (_lock)
        {
            if (CanRead)
            {
                return _error is null ? new(Lend()) : ValueTask.FromException<ReadResult>(_error);
            }

            waiting = _waiting = new(call.IsOnLoop ? TaskCreationOptions.None : TaskCreationOptions.RunContinuationsAsynchronously);
        }

        return cancellationToken.CanBeCanceled ? new(WaitAsync(waiting, cancellationToken)) : new(waiting.Task);
    }

    public override bool TryRead(out ReadResult result)
    {
        lock (_lock)
        {
            if (!CanRead)
            {
                result = default;
                return false;
            }

            result = _error is null ? Lend() : throw _error;
            return true;
        }
    }

    public override void AdvanceTo(SequencePosition consumed) => AdvanceTo(consumed, consumed);

    public override void AdvanceTo(SequencePosition consumed, SequencePosition examined)
    {
        int counted, toGive;
        lock (_lock)
        {
            _start = consumed.GetInteger();
            _examined = Math.Max(_start, examined.GetInteger());
            counted = Count(_examined);
            toGive = _toGive;
            _isLent = false;
            Return(ref _lent);
            if (_start == _end)
            {
                DropBytes();
            }
        }

        call.OnRead(counted, toGive);
    }

    public override void CancelPendingRead()
    {
        lock (_lock)
        {
            _isCancelled = true;
        }

        Wake();
    }

    public override void Complete(Exception? exception = null)
    {
        int counted, toGive;
        lock (_lock)
        {
            _isDropped = true;
            counted = Count(_end);
            toGive = _toGive;
            _isLent = false;
            Return(ref _lent);
            DropBytes();
        }

        call.OnRead(counted, toGive);
    }

    private bool CanRead => _end > _examined || HasEnded || _isCancelled;

    private ReadResult Lend()
    {
        bool isCancelled = _isCancelled;
        _isCancelled = false;
        _isLent = true;
        return new ReadResult(new ReadOnlySequence<byte>(_bytes, _start, _end - _start), isCancelled, HasEnded);
    }

    /// <returns>How many more bytes are to be given back.</returns>
    private int Count(int to)
    {
        int more = _isOver ? 0 : Math.Max(0, to - _counted);
        _toGive += more;
        _counted = Math.Max(_counted, to);
        return more;
    }

    private void DropBytes()
    {
        Return(ref _bytes!);
        _bytes = [];
        _start = _end = _examined = _counted = 0;
    }

    /// <summary>Positions stay what they are while the handler reads.</summary>
    private void MakeRoom(int more)
    {
        int kept = _isLent ? 0 : _start;
        byte[] larger = ArrayPool<byte>.Shared.Rent(Math.Max(Math.Max(FirstBytes, _end - kept + more), _isLent || _bytes.Length == 0 ? 0 : (_end - kept) * 2));
        _bytes.AsSpan(_start, _end - _start).CopyTo(larger.AsSpan(_start - kept));
        if (_isLent && _lent is null)
        {
            _lent = _bytes;
        }
        else if (!_isLent)
        {
            Return(ref _bytes!);
        }

        _bytes = larger;
        _start -= kept;
        _end -= kept;
        _examined -= kept;
        _counted -= kept;
    }

    private static void Return(ref byte[]? bytes)
    {
        if (bytes is { Length: > 0 })
        {
            ArrayPool<byte>.Shared.Return(bytes);
        }

        bytes = null;
    }

    private async Task<ReadResult> WaitAsync(TaskCompletionSource<ReadResult> waiting, CancellationToken cancellationToken)
    {
        await using CancellationTokenRegistration registration = cancellationToken.UnsafeRegister(
            (_, token) =>
            {
                lock (_lock)
                {
                    if (_waiting != waiting)
                    {
                        return; // it was woken at the same moment
                    }

                    _waiting = null;
                }

                waiting.TrySetCanceled(token);
            },
            null);
        return await waiting.Task;
    }
}
