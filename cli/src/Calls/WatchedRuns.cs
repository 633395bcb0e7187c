using Grpc.Core;
using PvExec.Api.V1;
using PvExec.Cli.Output;

namespace PvExec.Cli.Calls;

/// <summary><c>runs --follow</c>: each run as it changes, over broken connections too.</summary>
internal sealed class WatchedRuns(Api.V1.Tasks.TasksClient tasks, Target target, Surroundings surroundings)
{
    /// <summary>More than the daemon knows of at a time.</summary>
    private const int MaxTold = 50_000;

    private readonly DateTimeOffset _began = surroundings.Clock.GetUtcNow();

    /// <summary>What was told last of each run.</summary>
    private readonly Dictionary<string, RunState> _told = [];

    /// <summary>Comes back only by an exception.</summary>
    /// <param name="task">Only its runs; empty for all.</param>
    /// <param name="liveOnly">Leaves out, at the beginning, the runs that have ended.</param>
    public async Task<Ended> FollowAsync(string task, bool liveOnly, bool json, CancellationToken cancellationToken)
    {
        var request = new WatchRunsRequest { TaskName = task, LiveOnly = liveOnly };
        await new StandingCall(target, surroundings).MakeAsync(ListenAsync, cancellationToken);
        return Ended.Well;

        async Task ListenAsync(Action answered)
        {
            using AsyncServerStreamingCall<RunsChanged> call = tasks.WatchRuns(request, cancellationToken: cancellationToken);
            try
            {
                await foreach (RunsChanged changed in call.ResponseStream.ReadAllAsync(cancellationToken))
                {
                    answered();
                    Print(changed, json, liveOnly);
                }
            }
            finally
            {
                // Of a later call what ended meanwhile is wanted, and only that.
                request.LiveOnly = false;
            }
        }
    }

    /// <summary>A new connection begins with all that is known: what has been told is left out of that.</summary>
    /// <param name="changed">What came.</param>
    /// <param name="json">An object a line.</param>
    /// <param name="liveOnly">What had ended before this program began is left out, too.</param>
    private void Print(RunsChanged changed, bool json, bool liveOnly)
    {
        DateTimeOffset now = surroundings.Clock.GetUtcNow();
        foreach (Run run in changed.Runs)
        {
            if (run.State == RunState.Running && run.Started is null)
            {
                // It is told again when it has started, or could not be.
                continue;
            }

            bool isKnown = _told.TryGetValue(run.Id, out RunState before);
            bool isOld = liveOnly && !isKnown && HasEnded(run.State) && run.Requested?.ToDateTimeOffset() < _began;
            _told[run.Id] = run.State;
            if (!isOld && (!isKnown || before != run.State))
            {
                RunPrinter.PrintChange(RunRow.From(run, now), json, surroundings.Out);
            }
        }

        Forget();
    }

    /// <summary>The oldest that have ended; they are not told of again.</summary>
    private void Forget()
    {
        if (_told.Count > MaxTold)
        {
            foreach (string id in _told.Where(run => HasEnded(run.Value)).Select(run => run.Key).Order(StringComparer.Ordinal).Take(MaxTold / 2).ToArray())
            {
                _told.Remove(id);
            }
        }
    }

    private static bool HasEnded(RunState state) => state is RunState.Ended or RunState.NotRun;
}
