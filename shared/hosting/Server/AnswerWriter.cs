using System.Buffers;
using System.IO.Pipelines;

namespace PvExec.Hosting.Server;

/// <summary>The body of an answer: written by the call's handler in rented pieces, sent by the loop. A flush waits while too much is not sent.</summary>
internal sealed class AnswerWriter(ServerCall call) : PipeWriter
{
    private const int LeastBytes = 256;
    private const int UsualBytes = 4096;

    /// <summary>More than that may not wait to be sent; half of it lets a flush that waits go on.</summary>
    private const int MostUnsent = 256 * 1024;

    private readonly Lock _lock = new(); // guards everything below: a deadline's timer may end what the handler writes; a leaf
    private readonly Queue<(byte[] Bytes, int Count)> _flushed = new();
    private int _offset; // in the first of them
    private int _unsent;
    private bool _isEnded;
    private bool _isClosed;
    private bool _isAwaited = true; // the loop has found nothing to send, or was never told
    private bool _isGiven; // to the session, with its end
    private bool _isFlushCancelled;
    private TaskCompletionSource? _waiting;
    private byte[] _current = [];
    private int _count;
    private bool _isLent; // the handler writes to what follows on _count

    public override bool CanGetUnflushedBytes => true;

    public override long UnflushedBytes => _count;

    /// <summary>Whether anything is to be sent beside a header.</summary>
    public bool HasBody
    {
        get
        {
            lock (_lock)
            {
                return _unsent > 0 || !_isEnded;
            }
        }
    }

    /// <summary>All of the answer was given to the session.</summary>
    public bool IsDone
    {
        get
        {
            lock (_lock)
            {
                return _isGiven;
            }
        }
    }

    /// <summary>On the loop: the answer is a header alone.</summary>
    public void SetGiven()
    {
        lock (_lock)
        {
            _isGiven = true;
        }
    }

    /// <summary>On the loop.</summary>
    /// <param name="isLast">Whether the body ends with these bytes.</param>
    /// <returns>How many there are; 0, and not the last, when the loop is to be told of more.</returns>
    public int Read(Span<byte> target, out bool isLast)
    {
        int copied = 0;
        TaskCompletionSource? goesOn = null;
        lock (_lock)
        {
            while (copied < target.Length && _flushed.TryPeek(out (byte[] Bytes, int Count) piece))
            {
                int count = Math.Min(piece.Count - _offset, target.Length - copied);
                piece.Bytes.AsSpan(_offset, count).CopyTo(target[copied..]);
                copied += count;
                _offset += count;
                if (_offset == piece.Count)
                {
                    ArrayPool<byte>.Shared.Return(piece.Bytes);
                    _flushed.Dequeue();
                    _offset = 0;
                }
            }

            _unsent -= copied;
            isLast = _isEnded && _unsent == 0;
            _isGiven |= isLast;
            _isAwaited = copied == 0 && !isLast;
            if (_unsent <= MostUnsent / 2)
            {
                goesOn = _waiting;
                _waiting = null;
            }
        }

        goesOn?.SetResult();
        return copied;
    }

    /// <summary>What was written last is part of the answer, and the answer is complete.</summary>
    public void End()
    {
        lock (_lock)
        {
            if (!_isLent)
            {
                Push();
            }

            _isEnded = true;
        }
    }

    /// <summary>The stream has ended: nobody reads what is written.</summary>
    public void Close()
    {
        TaskCompletionSource? goesOn;
        lock (_lock)
        {
            _isClosed = true;
            DropFlushed();
            goesOn = _waiting;
            _waiting = null;
        }

        goesOn?.SetResult();
    }

    public override Memory<byte> GetMemory(int sizeHint = 0)
    {
        lock (_lock)
        {
            if (_current.Length - _count < Math.Max(sizeHint, 1))
            {
                bool isFirst = _current.Length == 0;
                Push();
                if (_current.Length > 0)
                {
                    ArrayPool<byte>.Shared.Return(_current);
                }

                _current = ArrayPool<byte>.Shared.Rent(Math.Max(sizeHint, isFirst ? LeastBytes : UsualBytes));
            }

            _isLent = true;
            return _current.AsMemory(_count);
        }
    }

    public override Span<byte> GetSpan(int sizeHint = 0) => GetMemory(sizeHint).Span;

    public override void Advance(int bytes)
    {
        lock (_lock)
        {
            _count += bytes;
            _isLent = false;
        }
    }

    public override async ValueTask<FlushResult> FlushAsync(CancellationToken cancellationToken = default)
    {
        bool tells = await call.MakeHeaderAsync();
        TaskCompletionSource? waiting = null;
        lock (_lock)
        {
            Push();
            tells |= _unsent > 0 && _isAwaited;
            if (_unsent > MostUnsent && !_isClosed)
            {
                waiting = _waiting ??= new(TaskCreationOptions.RunContinuationsAsynchronously);
            }
        }

        if (tells)
        {
            call.Serve();
        }

        if (waiting is not null)
        {
            await waiting.Task.WaitAsync(cancellationToken);
        }

        lock (_lock)
        {
            bool isCancelled = _isFlushCancelled;
            _isFlushCancelled = false;
            return new FlushResult(isCancelled, isCompleted: _isClosed);
        }
    }

    public override void CancelPendingFlush()
    {
        TaskCompletionSource? goesOn;
        lock (_lock)
        {
            _isFlushCancelled = true;
            goesOn = _waiting;
            _waiting = null;
        }

        goesOn?.SetResult();
    }

    /// <summary>The server completes the answer when its handler returns.</summary>
    public override void Complete(Exception? exception = null)
    {
    }

    /// <summary>With the lock: what was written can be sent.</summary>
    private void Push()
    {
        if (_count > 0)
        {
            if (_isEnded || _isClosed)
            {
                ArrayPool<byte>.Shared.Return(_current); // nobody wants it any more
            }
            else
            {
                _flushed.Enqueue((_current, _count));
                _unsent += _count;
            }

            _current = [];
            _count = 0;
        }
    }

    private void DropFlushed()
    {
        while (_flushed.TryDequeue(out (byte[] Bytes, int Count) piece))
        {
            ArrayPool<byte>.Shared.Return(piece.Bytes);
        }

        _offset = 0;
        _unsent = 0;
    }
}
