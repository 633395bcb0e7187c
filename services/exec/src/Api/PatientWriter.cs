using Grpc.Core;

namespace PvExec.Exec.Api;

/// <summary>
/// Writes to a caller that may not read: whoever tells it something need not wait for that. What has been told is written in
/// its order as soon as the caller reads. Disposing gives up what is not written by then, which breaks the call off.
/// </summary>
internal sealed class PatientWriter<T>(IServerStreamWriter<T> stream, CancellationToken callerGone) : IAsyncDisposable
{
    private readonly CancellationTokenSource _over = CancellationTokenSource.CreateLinkedTokenSource(callerGone);
    private Task _written = Task.CompletedTask;

    /// <summary>All that was told has been written.</summary>
    public bool IsIdle => _written.IsCompleted;

    /// <summary>Completes when it is written. One caller at a time; it need not be awaited before the next.</summary>
    public Task TellAsync(T told) => _written = WriteAsync(_written, told);

    public async ValueTask DisposeAsync()
    {
        await _over.CancelAsync();
        await _written.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        _over.Dispose();
    }

    private async Task WriteAsync(Task before, T told)
    {
        await before;
        await stream.WriteAsync(told, _over.Token);
    }
}
