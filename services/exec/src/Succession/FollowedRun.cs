using System.Buffers;
using Grpc.Core;
using PvExec.Exec.Core.Runs;
using PvExec.Kernel;
using V1 = PvExec.Api.V1;

namespace PvExec.Exec.Succession;

/// <summary>A call of this instance whose run goes on in the next one.</summary>
internal static class FollowedRun
{
    /// <summary>Waits for the run's end there, and collects all of its output, what came before the hand-over too.</summary>
    /// <exception cref="FaultException">It was withdrawn, could not be started, or is lost.</exception>
    /// <exception cref="OperationCanceledException">The caller is gone.</exception>
    public static async Task<ExecAnswer> AnswerAsync(NextInstance next, Run run, CancellationToken cancellationToken)
    {
        var output = new ArrayBufferWriter<byte>();
        byte[] errors = [];
        try
        {
            var all = new V1.AttachRequest { RunId = run.Id.Value, WithoutWaitsFor = true };
            await foreach (V1.RunEvent told in next.FollowAsync(all, cancellationToken))
            {
                switch (told.EventCase)
                {
                    case V1.RunEvent.EventOneofCase.Output when told.Output.Stream == V1.OutputStream.Stdout:
                        int room = ExecOptions.MaxResultBytes - output.WrittenCount;
                        output.Write(told.Output.Data.Span[..Math.Min(room, told.Output.Data.Length)]);
                        break;
                    case V1.RunEvent.EventOneofCase.Output:
                        errors = [.. errors.Concat(told.Output.Data).TakeLast(ExecAnswer.ErrorTailBytes)];
                        break;
                    case V1.RunEvent.EventOneofCase.Exited:
                        return new ExecAnswer(StatusOf(told.Exited), output.WrittenMemory, (long)told.Exited.StdoutBytes, errors);
                    case V1.RunEvent.EventOneofCase.NotRun:
                        throw new RpcException(new Status((StatusCode)told.NotRun.Status, told.NotRun.Reason));
                    default:
                        break;
                }
            }

            throw new InvalidOperationException($"the events of run {run.Id} ended without its end");
        }
        catch (RpcException e) when (e.StatusCode == StatusCode.NotFound && e.Status.Detail.Contains(run.Id.Value, StringComparison.Ordinal))
        {
            throw new FaultException(new Fault(FaultKind.Unavailable, $"run {run.Id} of task '{run.Task}' waited for its locks and was lost when pv-exec was killed: call again"), e);
        }
    }

    /// <summary>The caller is gone: the run is taken out of the queues there if it still waits.</summary>
    public static async Task AbandonAsync(NextInstance next, Run run)
    {
        try
        {
            await next.IsThere;
            await next.CancelAsync(new V1.CancelRequest { RunId = run.Id.Value, WaitingOnly = true }, CancellationToken.None);
        }
        catch (Exception e) when (e is RpcException or OperationCanceledException)
        {
            // It is gone already, or it goes on without a caller, as one that has been started would.
            return;
        }
    }

    private static ExitStatus StatusOf(V1.Exited exited) => exited.OutcomeCase == V1.Exited.OutcomeOneofCase.Signaled
        ? ExitStatus.Signaled(exited.Signaled.Signal, exited.Signaled.CoreDumped)
        : ExitStatus.Exited(exited.Code);
}
