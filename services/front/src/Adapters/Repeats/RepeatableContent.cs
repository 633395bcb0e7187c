using System.Net;

namespace PvExec.Front.Adapters.Repeats;

/// <summary>
/// A request's body that can be sent more than once while it is still coming in. The forwarder's own content can be read
/// only once: one pump reads it, keeps what it reads, and passes it on to the attempt under way. An attempt starts with
/// what is kept and then goes on with what comes. When the response has begun nothing is kept any more.
/// </summary>
internal sealed partial class RepeatableContent : HttpContent
{
    private readonly HttpContent _original;
    private readonly CancellationToken _caller;
    private readonly Lock _lock = new(); // guards all below; a leaf
    private KeptBytes? _kept;
    private Task<Exception?>? _pump;
    private Stream? _attempt;
    private TaskCompletionSource _attempted = NewSource();
    private int _replaying;
    private bool _isSettled;
    private bool _isStarted; // not guarded

    /// <param name="caller">The caller's token: a body that it ends is incomplete, whatever ends it else is an attempt's business.</param>
    public RepeatableContent(HttpContent original, KeptBytesBudget budget, CancellationToken caller)
    {
        _original = original;
        _caller = caller;
        _kept = new KeptBytes(budget);
        foreach (KeyValuePair<string, System.Net.Http.Headers.HeaderStringValues> header in original.Headers.NonValidated)
        {
            Headers.TryAddWithoutValidation(header.Key, header.Value);
        }
    }

    /// <summary>Whether an attempt has come as far as the body since this was last set to false.</summary>
    public bool IsStarted
    {
        get => Volatile.Read(ref _isStarted);
        set => Volatile.Write(ref _isStarted, value);
    }

    /// <summary>Whether all that was read is still there.</summary>
    public bool IsRepeatable
    {
        get
        {
            lock (_lock)
            {
                return _kept is not null;
            }
        }
    }

    /// <summary>There will be no other attempt: the response has begun, or the call has failed.</summary>
    public void Settle()
    {
        lock (_lock)
        {
            _isSettled = true;
        }

        ForgetIfOver();
    }

    protected override Task SerializeToStreamAsync(Stream stream, TransportContext? context) =>
        SerializeToStreamAsync(stream, context, CancellationToken.None);

    protected override async Task SerializeToStreamAsync(Stream stream, TransportContext? context, CancellationToken cancellationToken)
    {
        IsStarted = true;
        try
        {
            await ReplayAsync(stream, cancellationToken);
            Exception? failure = await Pump().WaitAsync(cancellationToken);
            if (failure is not null || !IsAttached(stream))
            {
                // Without an exception the body would count as complete.
                throw new IOException($"the body cannot be passed on: {failure?.Message ?? "the connection is broken"}", failure);
            }
        }
        catch (Exception) when (cancellationToken.IsCancellationRequested && !_caller.IsCancellationRequested)
        {
            // The service has reset the stream. An exception from here would hide from the client's code why, and that
            // decides whether the call may be repeated. Nothing more is sent on a stream that was reset.
        }
        finally
        {
            Detach(stream);
        }
    }

    protected override bool TryComputeLength(out long length)
    {
        length = -1;
        return false;
    }

    private static TaskCompletionSource NewSource() => new(TaskCreationOptions.RunContinuationsAsynchronously);

    private Task<Exception?> Pump()
    {
        lock (_lock)
        {
            return _pump ??= PumpAsync();
        }
    }

    private async Task<Exception?> PumpAsync()
    {
        await Task.CompletedTask.ConfigureAwait(ConfigureAwaitOptions.ForceYielding); // the lock is held
        var sink = new PumpStream(this);
        try
        {
            // Cancelled by whoever owns it: a token from here would end the whole call with it.
            await _original.CopyToAsync(sink, CancellationToken.None);
            return sink.Failure;
        }
        catch (Exception e)
        {
            return e;
        }
    }

    /// <summary>Sends what is kept, and makes the stream the one that gets what comes.</summary>
    private async Task ReplayAsync(Stream stream, CancellationToken cancellationToken)
    {
        lock (_lock)
        {
            _replaying++;
        }

        try
        {
            long position = 0;
            for (ReadOnlyMemory<byte> next; !TryAttach(stream, position, out next); position += next.Length)
            {
                await stream.WriteAsync(next, cancellationToken);
                await stream.FlushAsync(cancellationToken);
            }
        }
        finally
        {
            lock (_lock)
            {
                _replaying--;
            }

            ForgetIfOver();
        }
    }

    /// <param name="position">How much of what is kept was sent.</param>
    /// <param name="next">What is to be sent before.</param>
    private bool TryAttach(Stream stream, long position, out ReadOnlyMemory<byte> next)
    {
        lock (_lock)
        {
            next = _kept is not null ? _kept.From(position) : throw new IOException("the call cannot be repeated: its body is too long to be kept");
            if (!next.IsEmpty)
            {
                return false;
            }

            _attempt = stream;
            _attempted.TrySetResult();
            return true;
        }
    }

    private bool IsAttached(Stream stream)
    {
        lock (_lock)
        {
            return _attempt == stream;
        }
    }

    private void Detach(Stream stream)
    {
        lock (_lock)
        {
            if (_attempt != stream)
            {
                return;
            }

            _attempt = null;
            _attempted = NewSource();
        }

        ForgetIfOver();
    }

    /// <summary>
    /// Once settled: forgets what is kept as soon as nobody sends it, which may go on when the response has begun. The pump
    /// ends at the next bytes that nobody takes, or when its original is cancelled.
    /// </summary>
    private void ForgetIfOver()
    {
        lock (_lock)
        {
            if (_isSettled && _replaying == 0)
            {
                Forget();
            }
        }
    }

    /// <summary>Within the lock.</summary>
    private void Forget()
    {
        _kept?.Release(_replaying > 0);
        _kept = null;
    }
}
