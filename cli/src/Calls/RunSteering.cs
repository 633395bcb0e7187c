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
    private bool _isGivenUp; // by a second signal: set before _givesUp

    /// <summary>What becomes of a run that a second signal has left behind; null when none has.</summary>
    public string? Left { get; private set; }

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
            if (_isGivenUp && witness.RunId is { } runId)
            {
                await LeaveAsync(runId);
            }

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
                    _isGivenUp = true;
                    _givesUp.TrySetResult();
                }
            }
        }
        catch (OperationCanceledException)
        {
            return;
        }
    }

    /// <summary>The first request may not have been sent yet: that the run will be ended is asked for once more, and waited for.</summary>
    private async Task LeaveAsync(string runId)
    {
        using var time = new CancellationTokenSource(s_acceptance, surroundings.Clock);
        try
        {
            await tasks.CancelAsync(new CancelRequest { RunId = runId, AtOnce = true }, cancellationToken: time.Token);
            Left = $"run {runId} is left while it ends: what of it does not for SIGTERM is killed after the task's timeout-kill; '{CommandLine.Program} runs show {runId}' says how it is";
        }
        catch (RpcException e) when (e.StatusCode == StatusCode.NotFound)
        {
            // It was withdrawn, or has long ended.
            return;
        }
        catch (RpcException e)
        {
            string why = e.StatusCode is StatusCode.Cancelled or StatusCode.DeadlineExceeded or StatusCode.Unavailable ? "the daemon does not answer" : $"the daemon says: {e.Status.Detail}";
            Left = $"run {runId} is left, and may run on, as {why}: '{CommandLine.Program} runs cancel {runId}' ends it";
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
