using Grpc.Core;
using PvExec.Api.V1;
using PvExec.Cli.Output;

namespace PvExec.Cli.Calls;

/// <summary><c>runs --follow</c>: each run as it changes, over broken connections too.</summary>
internal sealed class WatchedRuns(Api.V1.Tasks.TasksClient tasks, Surroundings surroundings)
{
    /// <summary>What was told last of each run.</summary>
    private Dictionary<string, RunState> _told = [];

    private bool _isAnswered;

    /// <param name="task">Only its runs; empty for all.</param>
    /// <param name="liveOnly">Leaves out, at the beginning, the runs that have ended.</param>
    public async Task<Ended> FollowAsync(string task, bool liveOnly, bool json, CancellationToken cancellationToken)
    {
        var request = new WatchRunsRequest { TaskName = task };
        var reconnection = new Reconnection(surroundings.Clock, surroundings.Patience);
        while (true)
        {
            RpcException failure;
            try
            {
                using AsyncServerStreamingCall<RunsChanged> call = tasks.WatchRuns(request, cancellationToken: cancellationToken);
                await foreach (RunsChanged changed in call.ResponseStream.ReadAllAsync(cancellationToken))
                {
                    reconnection.Works();
                    Print(changed, liveOnly && !_isAnswered, json);
                    _isAnswered = true;
                }

                failure = new RpcException(new Status(StatusCode.Unavailable, "the daemon ended the call"));
            }
            catch (RpcException e) when (!cancellationToken.IsCancellationRequested && Reconnection.IsBreak(e, _isAnswered))
            {
                failure = e;
            }

            if (!await reconnection.PauseAsync(cancellationToken))
            {
                throw failure;
            }
        }
    }

    /// <summary>A new connection begins with all that is known: what has been told is left out of that, and what is known no longer forgotten.</summary>
    private void Print(RunsChanged changed, bool liveOnly, bool json)
    {
        DateTimeOffset now = surroundings.Clock.GetUtcNow();
        Dictionary<string, RunState> told = changed.IsAll ? [] : _told;
        foreach (Run run in changed.Runs)
        {
            bool isNews = !_told.TryGetValue(run.Id, out RunState before) || before != run.State;
            if (isNews && (!liveOnly || run.State is RunState.Waiting or RunState.Running or RunState.Finishing))
            {
                RunPrinter.PrintChange(RunRow.From(run, now), json, surroundings.Out);
            }

            told[run.Id] = run.State;
        }

        _told = told;
    }
}
