namespace PvExec.Processes.Proxy;

/// <summary>The connections that are carried, whatever has become of their ports. Thread-safe.</summary>
internal sealed class OpenConnections
{
    private readonly Lock _lock = new(); // guards _open; a leaf
    private readonly HashSet<Task> _open = [];

    /// <param name="carry">Runs until the connection has ended; it throws nothing.</param>
    public void Add(Func<Task> carry)
    {
        lock (_lock)
        {
            Task? connection = null;
            connection = Task.Run(async () =>
            {
                await carry();
                lock (_lock)
                {
                    // Not before it was added: that happens under the same lock.
                    _open.Remove(connection!);
                }
            });
            _open.Add(connection);
        }
    }

    /// <summary>Completes when none is left, or when cancelled.</summary>
    public async Task EndedAsync(CancellationToken cancellationToken)
    {
        while (!cancellationToken.IsCancellationRequested)
        {
            Task[] open;
            lock (_lock)
            {
                open = [.. _open];
            }

            if (open.Length == 0)
            {
                return;
            }

            await Task.WhenAll(open).WaitAsync(cancellationToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }
}
