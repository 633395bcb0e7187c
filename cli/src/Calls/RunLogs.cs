using Grpc.Core;
using PvExec.Api.V1;
using PvExec.Cli.Core;
using PvExec.Cli.Output;

namespace PvExec.Cli.Calls;

/// <summary><c>runs logs</c>: what a run has written, and with --follow what it writes, to its end.</summary>
internal sealed class RunLogs(Api.V1.Tasks.TasksClient tasks, Surroundings surroundings)
{
    /// <summary>128 + SIGPIPE: what a program ends with whose reader has gone.</summary>
    private const int Unread = 141;

    public async Task<Ended> PrintAsync(string runId, bool follows, CancellationToken cancellationToken)
    {
        IRunSource source = new AttachedRun(tasks, runId);
        if (!follows)
        {
            Run run = await tasks.GetRunAsync(new GetRunRequest { RunId = runId }, cancellationToken: cancellationToken);
            source = new RunSoFar(source, run.StdoutBytes, run.StderrBytes);
        }

        using var gone = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        var output = new LiveOutput(surroundings, gone.Cancel);
        var notices = new RunNotices(surroundings.Error, surroundings.Terminal.IsError, surroundings.Clock);
        var witness = new LogsWitness(runId, notices);
        try
        {
            RunEvent end = await new RunFollower(source, output, witness, new Reconnection(surroundings.Clock, surroundings.Patience)).ToEndAsync(gone.Token);
            return end.NotRun is { } notRun && follows ? Ended.Failed($"run {runId} was not run: {notRun.Reason}") : Ended.Well;
        }
        catch (Exception e) when (output.IsUnread && e is RpcException or OperationCanceledException)
        {
            return new Ended(Unread);
        }
        catch (IOException e)
        {
            return Ended.System($"cannot write the output of run {runId}: {e.Message}");
        }
    }
}
