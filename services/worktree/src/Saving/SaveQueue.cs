using PvExec.Hosting.Succession;
using PvExec.Kernel;
using PvExec.Worktrees.Core;

namespace PvExec.Worktrees.Saving;

/// <summary>
/// One save at a time. Callers that come while one is on its way share the next: theirs has to begin after they asked.
/// A save that still waits for its locks has not begun, and takes more callers.
/// </summary>
/// <param name="save">Saves once. It calls what it is given when it begins, and learns whether to compare everything.</param>
public sealed class SaveQueue(Func<Func<bool>, CancellationToken, Task<Outcome<SaveResult>>> save) : IAsyncDisposable
{
    private readonly CancellationTokenSource _stop = new();
    private readonly Lock _lock = new();

    /// <summary>Guarded by the lock: the save that callers may still join.</summary>
    private Batch? _next;

    /// <summary>Guarded by the lock: runs while there are batches.</summary>
    private Task _loop = Task.CompletedTask;

    /// <summary>Guarded by the lock.</summary>
    private bool _running;

    /// <summary>Guarded by the lock: the last save was asked for.</summary>
    private bool _closed;

    /// <summary>Guarded by the lock: another instance saves from now on.</summary>
    private bool _handedOver;

    public bool Saving
    {
        get
        {
            lock (_lock)
            {
                return _running;
            }
        }
    }

    /// <summary>Asks for a save that begins after this call.</summary>
    /// <param name="cancellationToken">Ends the waiting, not the save: others may wait for it too.</param>
    /// <returns>As the save; Cancelled when the last one has begun.</returns>
    /// <exception cref="HandedOverException">Another instance of the service saves from now on; nothing was done.</exception>
    public Task<Outcome<SaveResult>> RequestAsync(CancellationToken cancellationToken)
    {
        lock (_lock)
        {
            if (_handedOver)
            {
                return Task.FromException<Outcome<SaveResult>>(new HandedOverException());
            }

            return _closed && _next is null
                ? Task.FromResult<Outcome<SaveResult>>(new Fault(FaultKind.Cancelled, "the worktree has begun its final save: nothing is saved after it"))
                : Join(everything: false, cancellationToken);
        }
    }

    /// <summary>Asks for the last save, which compares all content, whatever the files' times say. None begins after it.</summary>
    /// <param name="cancellationToken">Ends the waiting, not the save.</param>
    public Task<Outcome<SaveResult>> RequestLastAsync(CancellationToken cancellationToken)
    {
        lock (_lock)
        {
            _closed = true;
            return Join(everything: true, cancellationToken);
        }
    }

    /// <summary>
    /// Another instance saves from now on. A save that has begun is finished; one that waits for its locks, and those who
    /// wait for the next, are left to be asked for there. Completes when nothing is saved here any more.
    /// </summary>
    public async Task HandOverAsync()
    {
        Batch? left;
        Task loop;
        lock (_lock)
        {
            _handedOver = true;
            left = _next;
            _next = null;
            loop = _loop;
            if (left is not null)
            {
                left.IsLeft = true;
            }
        }

        if (left is not null)
        {
            // Before it hears that it is cancelled, which would be its answer.
            left.Done.TrySetException(new HandedOverException());
            await left.Leave.CancelAsync();
        }

        await loop;
    }

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        Task loop;
        lock (_lock)
        {
            loop = _loop;
        }

        await loop;
        _stop.Dispose();
    }

    /// <summary>Called under the lock.</summary>
    private Task<Outcome<SaveResult>> Join(bool everything, CancellationToken cancellationToken)
    {
        _next ??= new Batch();
        _next.Everything |= everything;
        if (!_running)
        {
            _running = true;
            _loop = Task.Run(RunAsync, CancellationToken.None);
        }

        return _next.Done.Task.WaitAsync(cancellationToken);
    }

    private async Task RunAsync()
    {
        while (true)
        {
            Batch batch;
            lock (_lock)
            {
                if (_next is null)
                {
                    _running = false;
                    return;
                }

                batch = _next;
            }

            Outcome<SaveResult> outcome;
            using var ending = CancellationTokenSource.CreateLinkedTokenSource(_stop.Token, batch.Leave.Token);
            try
            {
                outcome = await save(() => Begin(batch), ending.Token);
            }
            catch (OperationCanceledException)
            {
                outcome = new Fault(FaultKind.Cancelled, "the save was not finished: the service is leaving");
            }
            catch (Exception e)
            {
                // A bug: the callers get it, and the queue goes on.
                Close(batch);
                batch.Done.TrySetException(e);
                continue;
            }

            Close(batch);
            // Those of a batch that was left have been told.
            batch.Done.TrySetResult(outcome);
        }
    }

    /// <returns>Whether everything is to be compared.</returns>
    private bool Begin(Batch batch)
    {
        lock (_lock)
        {
            if (batch.IsLeft)
            {
                throw new OperationCanceledException("left to another instance");
            }

            Close(batch);
            return batch.Everything;
        }
    }

    private void Close(Batch batch)
    {
        lock (_lock)
        {
            if (ReferenceEquals(_next, batch))
            {
                _next = null;
            }
        }
    }

    private sealed class Batch
    {
        public bool Everything { get; set; }

        /// <summary>Guarded by the queue's lock: another instance is to do it, and it does not begin here.</summary>
        public bool IsLeft { get; set; }

        /// <summary>Ends its waiting for locks when it is left.</summary>
        public CancellationTokenSource Leave { get; } = new();

        public TaskCompletionSource<Outcome<SaveResult>> Done { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);
    }
}
