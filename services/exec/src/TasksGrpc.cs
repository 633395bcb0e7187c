using Grpc.Core;
using PvExec.Exec.Api;
using PvExec.Exec.Core.Output;
using PvExec.Exec.Core.Runs;
using PvExec.Exec.Core.Scopes;
using PvExec.Exec.Engine;
using PvExec.Exec.Holds;
using PvExec.Exec.Succession;
using PvExec.Hosting;
using PvExec.Kernel;
using V1 = PvExec.Api.V1;

namespace PvExec.Exec;

/// <summary>The API <c>pvexec.v1.Tasks</c>, on the engine; and on the next instance once this one has handed over.</summary>
public sealed partial class TasksGrpc(
    RunEngine engine, ScopeLocks locks, NextInstance next, TaskDirectories tasks, ScopeWatches watches, ScopeHolds holds, ExecOptions options, TimeProvider time)
    : V1.Tasks.TasksBase
{
    public override async Task Attach(V1.AttachRequest request, IServerStreamWriter<V1.RunEvent> responseStream, ServerCallContext context)
    {
        Run run = Find(request.RunId);
        RunCaller? caller = request.Caller is { } named ? RunRequests.CallerOf(named).Value : null;
        if (!run.Output.TryHold())
        {
            throw Unknown(request.RunId);
        }

        try
        {
            if (caller is null)
            {
                await TellAllAsync(run, request, responseStream, context.CancellationToken);
            }
            else
            {
                engine.Join(run, caller);
                await TellCallerAsync(run, caller, request, responseStream, context.CancellationToken);
            }
        }
        finally
        {
            run.Output.Release();
        }
    }

    public override Task<V1.Run> GetRun(V1.GetRunRequest request, ServerCallContext context) =>
        Task.FromResult(RunMessages.ToApi(Find(request.RunId), engine));

    public override Task<V1.ListRunsResponse> ListRuns(V1.ListRunsRequest request, ServerCallContext context)
    {
        var response = new V1.ListRunsResponse();
        response.Runs.AddRange(Listed(request.TaskName, request.LiveOnly).Select(run => RunMessages.ToApi(run, engine)));
        return response.CalculateSize() <= Daemon.MaxMessageBytes
            ? Task.FromResult(response)
            : throw new FaultException(new Fault(
                FaultKind.ResourceExhausted,
                $"the {response.Runs.Count} runs are more than one answer of {Daemon.MaxMessageBytes} bytes can hold: name a task, or let WatchRuns tell them"));
    }

    public override async Task<V1.Run> Cancel(V1.CancelRequest request, ServerCallContext context)
    {
        Run run = Find(request.RunId);
        Fault why = new(FaultKind.Cancelled, "it was cancelled");
        bool isDecided = request.WaitingOnly ? engine.Withdraw(run, why) : await engine.CancelAsync(run, why, next.IsThere, request.AtOnce);
        if (isDecided)
        {
            return RunMessages.ToApi(run);
        }

        await next.IsThere.WaitAsync(context.CancellationToken);
        return await next.CancelAsync(request, context.CancellationToken);
    }

    /// <summary>To the run's end, also when it goes on at the next instance.</summary>
    private async Task TellAllAsync(
        Run run, V1.AttachRequest request, IServerStreamWriter<V1.RunEvent> responseStream, CancellationToken cancellationToken)
    {
        if (await TellAsync(run, request, responseStream, cancellationToken) is { } rest)
        {
            await foreach (V1.RunEvent told in next.FollowAsync(rest, cancellationToken))
            {
                await responseStream.WriteAsync(told, cancellationToken);
            }
        }
    }

    /// <returns>Null when the run's end has been told, or what the next instance has to be asked for.</returns>
    private async Task<V1.AttachRequest?> TellAsync(
        Run run, V1.AttachRequest request, IServerStreamWriter<V1.RunEvent> responseStream, CancellationToken cancellationToken)
    {
        var reader = new RunReader(run, engine, request);
        using ReaderPace.Reader? pace = request.Lossless ? run.Output.Pace?.Come(Signed(request.StdoutOffset), Signed(request.StderrOffset)) : null;
        while (true)
        {
            Task changed = run.Changes.Next();
            while (!IsElsewhere(run, pace) && reader.Next() is { } told)
            {
                await TellAsync(told, pace, responseStream, cancellationToken);
                pace?.Advance(Signed(reader.StandardOffset), Signed(reader.ErrorOffset));
                if (told.EventCase is V1.RunEvent.EventOneofCase.Exited or V1.RunEvent.EventOneofCase.NotRun)
                {
                    return null;
                }
            }

            await Task.WhenAny(changed, next.IsThere).WaitAsync(cancellationToken);
            if (next.IsThere.IsCompleted && !run.Completion.IsCompleted)
            {
                return new V1.AttachRequest(request)
                {
                    StdoutOffset = reader.StandardOffset,
                    StderrOffset = reader.ErrorOffset,
                    WithoutWaitsFor = true,
                };
            }
        }
    }

    /// <summary>Returns when it is written. A reader that the run waits for is waited for so long, and then no more.</summary>
    private async Task TellAsync(V1.RunEvent told, ReaderPace.Reader? pace, IServerStreamWriter<V1.RunEvent> responseStream, CancellationToken cancellationToken)
    {
        Task written = responseStream.WriteAsync(told, cancellationToken);
        if (pace is not null && !written.IsCompleted)
        {
            await written.WaitAsync(options.ReaderPatience, time, CancellationToken.None).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            if (!written.IsCompleted)
            {
                pace.Dispose();
            }
        }

        await written;
    }

    /// <summary>The run waits for this reader at the next instance, which is not to wait in vain.</summary>
    private bool IsElsewhere(Run run, ReaderPace.Reader? pace) => pace is not null && next.IsThere.IsCompleted && !run.Completion.IsCompleted;

    private static long Signed(ulong offset) => (long)Math.Min(offset, long.MaxValue);

    private Run Find(string id)
    {
        RunId known = RunId.Parse(id) ?? throw new FaultException(new Fault(
            FaultKind.InvalidArgument, $"'{id}' is no run's id: {RunId.Length} characters, as in the trailer {ExecGrpc.RunIdTrailer} or from ListRuns"));
        return engine.Find(known) ?? throw Unknown(id);
    }

    private static FaultException Unknown(string id) =>
        new(new Fault(FaultKind.NotFound, $"there is no run {id}: it was withdrawn, or newer ones took its place among those that have ended"));
}
