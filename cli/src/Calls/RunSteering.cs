using Grpc.Core;
using PvExec.Api.V1;

namespace PvExec.Cli.Calls;

/// <summary>Passes the caller's signals on to a run while it is followed: the first one cancels it, the second one gives it up.</summary>
internal sealed class RunSteering(Api.V1.Tasks.TasksClient tasks, TaskWitness witness, TaskInput? input, Surroundings surroundings)
{
    /// <summary>How long a daemon that has not answered yet is waited for so that its run can be cancelled.</summary>
    private static readonly TimeSpan s_acceptance = TimeSpan.FromSeconds(1);

    private readonly TaskCompletionSource _givesUp = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private CallerSignal? _first;
    private Task _cancelling = Task.CompletedTask;

    /// <summary>By a second signal, while it was being cancelled.</summary>
    public bool IsGivenUp { get; private set; }

    /// <param name="follow">To its end.</param>
    /// <param name="signals">The caller's.</param>
    /// <param name="unread">Nobody reads its output any more.</param>
    /// <returns>The run's last event, null when it was given up; and the signal that came first, if one did.</returns>
    public async Task<(RunEvent? End, CallerSignal? Signal)> UntilEndAsync(
        Func<CancellationToken, Task<RunEvent>> follow, ICallerSignals signals, CancellationToken unread)
    {
        using var over = new CancellationTokenSource();
        using var followed = CancellationTokenSource.CreateLinkedTokenSource(over.Token, unread);
        // On threads of their own: writing to a reader that does not read must not keep signals from being heard.
        Task<RunEvent> following = Task.Run(() => follow(followed.Token));
        Task listening = ListenAsync(signals, over.Token);
        try
        {
            return await Task.WhenAny(following, _givesUp.Task) == following ? (await following, _first) : (null, _first);
        }
        catch (Exception e) when (_first is not null && (UnreadOutput.Is(e) || unread.IsCancellationRequested))
        {
            // The signal ended its reader too.
            return (null, _first);
        }
        finally
        {
            // A run that is to be cancelled is, even when its output could not be written to the end.
            await Task.WhenAny(_cancelling, _givesUp.Task);
            await over.CancelAsync();
            await listening;
        }
    }

    private async Task ListenAsync(ICallerSignals signals, CancellationToken cancellationToken)
    {
        try
        {
            await foreach (CallerSignal signal in signals.Received.ReadAllAsync(cancellationToken))
            {
                if (signal == CallerSignal.Resized)
                {
                    input?.Resize();
                }
                else if (_first is null)
                {
                    _first = signal;
                    _cancelling = CancelAsync(cancellationToken);
                }
                else
                {
                    IsGivenUp = true;
                    _givesUp.TrySetResult();
                }
            }
        }
        catch (OperationCanceledException)
        {
            return;
        }
    }

    private async Task CancelAsync(CancellationToken cancellationToken)
    {
        var reconnection = new Reconnection(surroundings.Clock, surroundings.Patience);
        try
        {
            await witness.IsAccepted.WaitAsync(s_acceptance, surroundings.Clock, cancellationToken);
            while (true)
            {
                try
                {
                    await tasks.CancelAsync(new CancelRequest { RunId = witness.RunId }, cancellationToken: cancellationToken);
                    return;
                }
                catch (RpcException e) when (e.StatusCode == StatusCode.NotFound)
                {
                    // It was withdrawn, or has long ended: its events say so.
                    return;
                }
                catch (RpcException e) when (Reconnection.IsBreak(e, isAccepted: true) && !cancellationToken.IsCancellationRequested)
                {
                    if (!await reconnection.PauseAsync(cancellationToken))
                    {
                        throw;
                    }
                }
            }
        }
        catch (Exception e) when (e is RpcException or TimeoutException or OperationCanceledException)
        {
            // It cannot be cancelled; nor is there anything left to wait for.
            _givesUp.TrySetResult();
        }
    }
}
