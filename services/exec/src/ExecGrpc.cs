using System.Globalization;
using Google.Protobuf;
using Grpc.Core;
using PvExec.Contract;
using PvExec.Exec.Core.Runs;
using PvExec.Exec.Engine;
using PvExec.Kernel;

namespace PvExec.Exec;

/// <summary>The contract's Exec call, on the engine.</summary>
public sealed class ExecGrpc(RunEngine engine) : ExecService.ExecServiceBase
{
    public const string RunIdTrailer = "pv-run-id";
    public const string ExitCodeTrailer = "pv-exit-code";
    public const string ExitSignalTrailer = "pv-exit-signal";
    public const string ErrorTailTrailer = "pv-stderr-bin";

    /// <summary>Peers commonly take 8 KiB of metadata in all, and bytes travel as base 64.</summary>
    private const int ErrorTailBytes = 2048;

    public override async Task<ExecResp> Exec(ExecReq request, ServerCallContext context)
    {
        bool waits = request.WaitForCompletion;
        Run run = engine.Submit(ToRunRequest(request, waits)).Value;
        context.ResponseTrailers.Add(RunIdTrailer, run.Id.Value);
        if (!waits)
        {
            return new ExecResp();
        }

        RunResult result = await ResultAsync(run, context.CancellationToken);
        AddTrailers(run, result, context.ResponseTrailers);
        long total = run.Output.Standard.Length;
        return total <= ExecOptions.MaxResultBytes
            ? new ExecResp { Completed = true, Data = UnsafeByteOperations.UnsafeWrap(run.Output.Standard.Copy(0, total)) }
            : throw new FaultException(new Fault(
                FaultKind.ResourceExhausted,
                $"task '{run.Task}' ended with {result.Status} and wrote {total} bytes, more than the {ExecOptions.MaxResultBytes} that one answer can hold: let it write to a file"));
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

    /// <summary>A caller that goes away while the run waits takes it along; one that has been started runs to its end.</summary>
    private async Task<RunResult> ResultAsync(Run run, CancellationToken callerGone)
    {
        try
        {
            return (await run.Completion.WaitAsync(callerGone)).Value;
        }
        catch (OperationCanceledException)
        {
            engine.Withdraw(run, new Fault(FaultKind.Cancelled, "its caller is gone, or the caller's deadline has passed"));
            throw;
        }
    }

    private static void AddTrailers(Run run, RunResult result, Metadata trailers)
    {
        if (result.Status.Code is { } code)
        {
            trailers.Add(ExitCodeTrailer, code.ToString(CultureInfo.InvariantCulture));
        }

        if (result.Status.Signal is { } signal)
        {
            trailers.Add(ExitSignalTrailer, signal.ToString(CultureInfo.InvariantCulture));
        }

        if (!result.Status.Succeeded && run.Output.Error.Length > 0)
        {
            trailers.Add(ErrorTailTrailer, run.Output.ErrorTail(ErrorTailBytes));
        }
    }
}
