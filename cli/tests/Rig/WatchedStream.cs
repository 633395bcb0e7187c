namespace PvExec.Cli.Tests.Rig;

/// <summary>Keeps what is written, and lets a test wait for it.</summary>
internal sealed class WatchedStream : Stream
{
    /// <summary>Guards all below.</summary>
    private readonly Lock _lock = new();

    private readonly MemoryStream _written = new();
    private readonly List<(int Length, TaskCompletionSource Reached)> _waiters = [];

    public override bool CanRead => false;

    public override bool CanSeek => false;

    public override bool CanWrite => true;

    public override long Length => throw new NotSupportedException();

    public override long Position { get => throw new NotSupportedException(); set => throw new NotSupportedException(); }

    /// <summary>Thrown by the next writes in place of writing.</summary>
    public IOException? Failure { get; set; }

    public byte[] Written
    {
        get
        {
            lock (_lock)
            {
                return _written.ToArray();
            }
        }
    }

    /// <summary>Completes when that many bytes have been written.</summary>
    public Task ReachesAsync(int length)
    {
        lock (_lock)
        {
            if (_written.Length >= length)
            {
                return Task.CompletedTask;
            }

            var reached = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            _waiters.Add((length, reached));
            return reached.Task;
        }
    }

    public override void Write(byte[] buffer, int offset, int count)
    {
        if (Failure is { } failure)
        {
            throw failure;
        }

        lock (_lock)
        {
            _written.Write(buffer, offset, count);
            foreach ((_, TaskCompletionSource reached) in _waiters.Where(waiter => _written.Length >= waiter.Length))
            {
                reached.TrySetResult();
            }
        }
    }

    public override void Flush()
    {
        // Nothing is held back.
    }

    public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    public override void SetLength(long value) => throw new NotSupportedException();
}
