using Grpc.Core;
using PvExec.Exec.Api;
using PvExec.Exec.Core.Runs;
using PvExec.Kernel;
using V1 = PvExec.Api.V1;

namespace PvExec.Exec;

/// <content>Runs as they change.</content>
public sealed partial class TasksGrpc
{
    /// <summary>A message that has so much is sent: with the longest names one run more stays far below what a message may hold.</summary>
    private const int EnoughBytes = 1024 * 1024;

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
        var message = new V1.RunsChanged { IsAll = news.IsAll };
        int size = 0;
        foreach (V1.Run told in runs.Select(run => RunMessages.ToApi(run, engine)))
        {
            if (size >= EnoughBytes)
            {
                yield return message;
                (message, size) = (new V1.RunsChanged(), 0);
            }

            message.Runs.Add(told);
            size += told.CalculateSize();
        }

        if (message.IsAll || message.Runs.Count > 0)
        {
            yield return message;
        }
    }

    /// <remarks>A run that ends has its result before it is among the ended ones, and is there before it leaves the others: looked at in this order, none is missed.</remarks>
    private IOrderedEnumerable<Run> Listed(string task, bool liveOnly) =>
        from run in liveOnly ? engine.Live.Where(run => !run.Completion.IsCompleted) : engine.Live.Concat(engine.Ended).DistinctBy(run => run.Id)
        where IsOf(run, task)
        orderby run.Id.Value
        select run;

    private static bool IsOf(Run run, string task) => task.Length == 0 || run.Task == task;
}
