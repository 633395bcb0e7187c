using System.Globalization;
using Google.Protobuf;
using Grpc.Core;
using PvExec.Contract;
using PvExec.Exec.Core.Runs;
using PvExec.Exec.Engine;
using PvExec.Exec.Succession;
using PvExec.Kernel;

namespace PvExec.Exec;

/// <summary>The contract's Exec call, on the engine. A call that is still open when this instance hands over is answered with what the next one says of its run.</summary>
public sealed class ExecGrpc(RunEngine engine, NextInstance next) : ExecService.ExecServiceBase
{
    public const string RunIdTrailer = "pv-run-id";
    public const string ExitCodeTrailer = "pv-exit-code";
    public const string ExitSignalTrailer = "pv-exit-signal";
    public const string ErrorTailTrailer = "pv-stderr-bin";

    public override async Task<ExecResp> Exec(ExecReq request, ServerCallContext context)
    {
        bool waits = request.WaitForCompletion;
        Run run = engine.Submit(ToRunRequest(request, waits), isRead: waits).Value;
        context.ResponseTrailers.Add(RunIdTrailer, run.Id.Value);
        if (!waits)
        {
            return new ExecResp();
        }

        ExecAnswer answer = await AnswerAsync(run, context.CancellationToken);
        AddTrailers(answer, context.ResponseTrailers);
        return answer.TotalBytes <= ExecOptions.MaxResultBytes
            ? new ExecResp { Completed = true, Data = UnsafeByteOperations.UnsafeWrap(answer.Data) }
            : throw new FaultException(new Fault(
                FaultKind.ResourceExhausted,
                $"task '{run.Task}' ended with {answer.Status} and wrote {answer.TotalBytes} bytes, more than the {ExecOptions.MaxResultBytes} that one answer can hold: read them with pvexec.v1.Tasks/Attach, run {run.Id}"));
    }

    private static RunRequest ToRunRequest(ExecReq request, bool waits)
    {
        var variables = new KeyValuePair<string, string>[request.KeyValues.Count];
        for (int i = 0; i < variables.Length; i++)
        {
            variables[i] = new(request.KeyValues[i].Key, request.KeyValues[i].Value);
        }

        return new RunRequest(request.TaskName, variables, request.Data.Memory, waits ? ExecOptions.MaxResultBytes : 0);
    }

    /// <summary>Waits for the run's end, and releases its output.</summary>
    private async Task<ExecAnswer> AnswerAsync(Run run, CancellationToken callerGone)
    {
        try
        {
            await Task.WhenAny(run.CompletedAtOnce, next.IsThere).WaitAsync(callerGone);
            return run.Completion.IsCompleted
                ? ExecAnswer.Of(run, (await run.Completion).Value)
                : await FollowedRun.AnswerAsync(next, run, callerGone);
        }
        catch (OperationCanceledException) when (callerGone.IsCancellationRequested)
        {
            // A caller that goes away while the run waits takes it along; one that has been started runs to its end.
            if (!engine.Withdraw(run, new Fault(FaultKind.Cancelled, "its caller is gone, or the caller's deadline has passed")))
            {
                await FollowedRun.AbandonAsync(next, run);
            }

            throw;
        }
        finally
        {
            run.Output.Release();
        }
    }

    private static void AddTrailers(ExecAnswer answer, Metadata trailers)
    {
        if (answer.Status.Code is { } code)
        {
            trailers.Add(ExitCodeTrailer, code.ToString(CultureInfo.InvariantCulture));
        }

        if (answer.Status.Signal is { } signal)
        {
            trailers.Add(ExitSignalTrailer, signal.ToString(CultureInfo.InvariantCulture));
        }

        if (!answer.Status.Succeeded && answer.ErrorTail.Length > 0)
        {
            trailers.Add(ErrorTailTrailer, answer.ErrorTail);
        }
    }
}
