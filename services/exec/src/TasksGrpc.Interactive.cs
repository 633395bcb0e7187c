using Google.Protobuf;
using Grpc.Core;
using PvExec.Exec.Api;
using PvExec.Exec.Core.Input;
using PvExec.Exec.Core.Runs;
using PvExec.Exec.Engine;
using PvExec.Exec.Succession;
using PvExec.Kernel;
using V1 = PvExec.Api.V1;

namespace PvExec.Exec;

/// <content>Runs that are given their input bit by bit.</content>
public sealed partial class TasksGrpc
{
    public override async Task RunInteractive(
        IAsyncStreamReader<V1.InteractiveRequest> requestStream, IServerStreamWriter<V1.RunEvent> responseStream, ServerCallContext context)
    {
        V1.InteractiveRequest? first = await requestStream.MoveNext(context.CancellationToken) ? requestStream.Current : null;
        V1.InteractiveStart start = InteractiveRequests.StartOf(first).Value;
        if (start.Attach is { } attach)
        {
            Run run = Find(attach.RunId);
            if (!run.Output.TryHold())
            {
                throw Unknown(attach.RunId);
            }

            try
            {
                var joined = new V1.RunEvent { Accepted = new V1.Accepted { RunId = run.Id.Value, Attached = true, InputBytes = (ulong)InputOf(run).Length } };
                await InteractAsync(
                    run,
                    requestStream,
                    async (over, _) =>
                    {
                        await responseStream.WriteAsync(joined, over);
                        await TellAllAsync(run, attach, responseStream, over);
                    },
                    context.CancellationToken);
            }
            finally
            {
                run.Output.Release();
            }

            return;
        }

        RunCaller caller = RunRequests.CallerOf(start.Run).Value;
        AcceptedRun accepted = engine.Accept(InteractiveRequests.FromApi(start).Value, caller).Value;
        start.Run.Input = ByteString.Empty;
        try
        {
            await accepted.Run.Noted;
            await InteractAsync(
                accepted.Run, requestStream, (over, lost) => TellCallerAsync(accepted, caller, start.Run, responseStream, over, lost), context.CancellationToken);
        }
        finally
        {
            accepted.Run.Output.Release();
        }
    }

    /// <summary>Both directions at once. The end of the run ends the call; a request that is wrong breaks it off.</summary>
    private async Task InteractAsync(Run run, IAsyncStreamReader<V1.InteractiveRequest> requests, Func<CancellationToken, Task, Task> tell, CancellationToken callerGone)
    {
        if (run.Input is not { } input)
        {
            // It waited at the instance before and could not be started at this one: its end is all there is to be told.
            await tell(callerGone, Task.CompletedTask);
            return;
        }

        using var over = CancellationTokenSource.CreateLinkedTokenSource(callerGone);
        using var elsewhere = new InputElsewhere(next, run.Id.Value);
        Task telling = tell(over.Token, elsewhere.Broken);
        Task giving = new InteractiveInput(engine, next, run, input, elsewhere).GiveAsync(requests, over.Token);
        Task first = await Task.WhenAny(telling, giving, elsewhere.Broken);
        if (first == giving && giving.IsCompletedSuccessfully)
        {
            first = await Task.WhenAny(telling, elsewhere.Broken);
        }

        if (first != telling && run.Completion.IsCompleted)
        {
            // What could not be given was too late in any case.
            first = telling;
        }
        else if (first != telling)
        {
            await over.CancelAsync();
        }

        await telling.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        await over.CancelAsync();
        await giving.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        await first;
    }

    private static IRunInput InputOf(Run run) => run.Input ?? throw new FaultException(new Fault(
        FaultKind.FailedPrecondition, $"run {run.Id} of task '{run.Task}' has had all of its input: only a run that RunInteractive started can be given more"));
}
