using Grpc.Core;
using PvExec.Api.V1;
using PvExec.Cli.Core;
using PvExec.Cli.Output;
using PvExec.Kernel;

namespace PvExec.Cli.Calls;

/// <summary>What the end of a run that was waited for is to this program: its exit code, and the line or the object that it prints.</summary>
internal sealed class TaskEnd(ExecWords words, TaskWitness witness, CollectedOutput? collected, Surroundings surroundings)
{
    /// <summary>What a shell adds to the number of a signal.</summary>
    private const int BySignal = 128;

    /// <param name="end">Null when the run was given up.</param>
    /// <param name="signal">What told this program to cancel the run, if anything did.</param>
    /// <param name="left">What becomes of a run that was given up, if more is to be said of that.</param>
    public Ended Tell(RunEvent? end, CallerSignal? signal, string? left)
    {
        Ended ended = end switch
        {
            null => new Ended(Code(signal!.Value), left),
            { Exited: { } exited } => Tell(exited),
            { NotRun: { } notRun } => Tell(notRun, signal is not null),
            _ => throw new InvalidOperationException($"{end.EventCase} ends no run"),
        };
        if (collected is not null && end is not null)
        {
            ExecPrinter.Print(ExecRow.From(witness.RunId ?? "", words.Task, witness.Start, end, collected, witness.MissingBytes), surroundings.Out);
        }

        return signal is { } received ? ended with { Code = Code(received) } : ended;
    }

    private static int Code(CallerSignal signal) => BySignal + (int)signal;

    private static Ended Tell(NotRun notRun, bool isWithdrawn) => (StatusCode)notRun.Status switch
    {
        StatusCode.Cancelled when isWithdrawn => Ended.Failed("") with { Line = null },
        StatusCode.Unavailable => Ended.System(notRun.Reason),
        _ => Ended.Failed(notRun.Reason),
    };

    private Ended Tell(Exited exited)
    {
        int code = TaskExit.Status(exited).ShellCode;
        // What was read is not what the task wrote: that is no success.
        return new Ended(code == ExitCodes.Success && witness.MissingBytes > 0 ? ExitCodes.Failure : code, TaskExit.Remark(words.Task, exited, words.Verbose));
    }
}
