using Grpc.Core;
using PvExec.Kernel;
using V1 = PvExec.Api.V1;

namespace PvExec.Exec.Succession;

/// <summary>
/// What a caller of this instance gives to a run that goes on in the next one. It is passed on by a call of its own, which
/// tells nothing of the run: its events come with those that <see cref="NextInstance.FollowAsync"/> brings.
/// </summary>
/// <remarks>
/// When the next instance is killed, nobody here knows how much of what was passed on has reached the run. The caller does, once it has
/// come back with its token; so its call is broken off too.
/// </remarks>
internal sealed class InputElsewhere(NextInstance next, string run) : IDisposable
{
    private readonly TaskCompletionSource _broken = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private AsyncDuplexStreamingCall<V1.InteractiveRequest, V1.RunEvent>? _call;
    private Task _reading = Task.CompletedTask;

    /// <summary>Fails when what is given does not come to the run any more; never completes otherwise.</summary>
    public Task Broken => _broken.Task;

    /// <exception cref="FaultException">It does not come to the run any more.</exception>
    public Task WriteAsync(V1.InteractiveRequest request, CancellationToken cancellationToken) =>
        PassAsync(stream => stream.WriteAsync(request, cancellationToken), cancellationToken);

    /// <summary>The end of the input.</summary>
    /// <inheritdoc cref="WriteAsync"/>
    public Task CompleteAsync(CancellationToken cancellationToken) => PassAsync(stream => stream.CompleteAsync(), cancellationToken);

    public void Dispose() => _call?.Dispose();

    private async Task PassAsync(Func<IClientStreamWriter<V1.InteractiveRequest>, Task> pass, CancellationToken cancellationToken)
    {
        try
        {
            if (_call is null)
            {
                _call = await next.OpenInputAsync(run, cancellationToken);
                _reading = ReadAsync(_call.ResponseStream);
            }

            await pass(_call.RequestStream);
        }
        catch (Exception e) when (!cancellationToken.IsCancellationRequested && e is RpcException or InvalidOperationException or IOException or OperationCanceledException)
        {
            // The stream's end says why; after the end of the run nothing has to be given any more.
            await _reading;
            if (_call is null)
            {
                throw Lost(e);
            }
        }
    }

    private async Task ReadAsync(IAsyncStreamReader<V1.RunEvent> events)
    {
        try
        {
            while (await events.MoveNext(CancellationToken.None))
            {
                // Told by the other call.
            }
        }
        catch (Exception e) when (e is RpcException or OperationCanceledException or ObjectDisposedException or IOException)
        {
            _broken.TrySetException(Lost(e));
        }
    }

    private FaultException Lost(Exception e) => new(
        new Fault(
            FaultKind.Unavailable,
            $"run {run} goes on, and how much of its input has reached it is not known here any more ({(e as RpcException)?.Status.Detail ?? e.Message}): call again with the same client_token, and go on where the answer says"),
        e);
}
