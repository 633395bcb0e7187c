using Grpc.Core;
using PvExec.Exec.Api;
using PvExec.Exec.Core.Runs;
using PvExec.Kernel;
using V1 = PvExec.Api.V1;

namespace PvExec.Exec;

/// <content>Runs as they change.</content>
public sealed partial class TasksGrpc
{
    /// <summary>Far below what a message may hold.</summary>
    private const int MostRunsInOneMessage = 1000;

    public override async Task WatchRuns(V1.WatchRunsRequest request, IServerStreamWriter<V1.RunsChanged> responseStream, ServerCallContext context)
    {
        using (RunWatch watch = engine.Watches.Open().Value)
        {
            await TellRunsAsync(watch, request, responseStream, context.CancellationToken);
        }

        // What ended in between is news.
        var rest = new V1.WatchRunsRequest(request) { LiveOnly = false };
        await foreach (V1.RunsChanged told in next.FollowRunsAsync(rest, context.CancellationToken))
        {
            await responseStream.WriteAsync(told, context.CancellationToken);
        }
    }

    /// <summary>Returns when the next instance has to be asked. The caller's pace is the pace: nothing is looked up before what came before it is written.</summary>
    private async Task TellRunsAsync(
        RunWatch watch, V1.WatchRunsRequest request, IServerStreamWriter<V1.RunsChanged> responseStream, CancellationToken cancellationToken)
    {
        bool liveOnly = request.LiveOnly;
        while (!next.IsThere.IsCompleted)
        {
            // Looked at first: whatever changed before the stop is told before it.
            bool isStopped = engine.Watches.Stopped.IsCompleted;
            Task changed = watch.Changed();
            if (watch.Next() is { } news)
            {
                foreach (V1.RunsChanged message in ToApi(news, request.TaskName, liveOnly))
                {
                    await responseStream.WriteAsync(message, cancellationToken);
                }

                liveOnly = false;

                continue;
            }

            if (isStopped)
            {
                throw new FaultException(new Fault(FaultKind.Unavailable, "the system is stopping: there are no runs left to watch"));
            }

            await Task.WhenAny(changed, next.IsThere, engine.Watches.Stopped).WaitAsync(cancellationToken);
        }
    }

    private IEnumerable<V1.RunsChanged> ToApi(RunNews news, string task, bool liveOnly)
    {
        IEnumerable<Run> runs = news.IsAll ? Listed(task, liveOnly) : news.Changed.Where(run => IsOf(run, task));
        bool isFirst = news.IsAll;
        foreach (Run[] some in runs.Chunk(MostRunsInOneMessage))
        {
            yield return new V1.RunsChanged { IsAll = isFirst, Runs = { some.Select(run => RunMessages.ToApi(run, engine)) } };
            isFirst = false;
        }

        if (isFirst)
        {
            yield return new V1.RunsChanged { IsAll = true };
        }
    }

    /// <remarks>A run that ends is among the ended ones before it leaves the others: looked at in this order, none is missed.</remarks>
    private IOrderedEnumerable<Run> Listed(string task, bool liveOnly) =>
        from run in liveOnly ? engine.Live : engine.Live.Concat(engine.Ended).DistinctBy(run => run.Id)
        where IsOf(run, task)
        orderby run.Id.Value
        select run;

    private static bool IsOf(Run run, string task) => task.Length == 0 || run.Task == task;
}
