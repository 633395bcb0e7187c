using PvExec.Api.V1;
using PvExec.Cli.Output;

namespace PvExec.Cli.Calls;

/// <summary><c>runs logs</c>: what a run has written, and with --follow what it writes, to its end.</summary>
internal sealed class RunLogs(Api.V1.Tasks.TasksClient tasks, Surroundings surroundings)
{
    public async Task<Ended> PrintAsync(string runId, bool follows, CancellationToken cancellationToken)
    {
        IRunSource source = new AttachedRun(tasks, runId, lossless: false);
        if (!follows)
        {
            Run run = await tasks.GetRunAsync(new GetRunRequest { RunId = runId }, cancellationToken: cancellationToken);
            source = new RunSoFar(source, run.StdoutBytes, run.StderrBytes);
        }

        var notices = new RunNotices(surroundings.Error, surroundings.Terminal.IsError, surroundings.Clock);
        var follower = new RunFollower(source, new LiveOutput(surroundings), new LogsWitness(runId, notices), new Reconnection(surroundings.Clock, surroundings.Patience));
        try
        {
            return await UnreadOutput.EndsAsync(surroundings, Task.CompletedTask, ToEndAsync, cancellationToken);
        }
        catch (IOException e) when (!UnreadOutput.Is(e))
        {
            return Ended.System($"cannot write the output of run {runId}: {UnreadOutput.Why(e)}");
        }
        finally
        {
            notices.TellMissing();
        }

        async Task<Ended> ToEndAsync(CancellationToken over)
        {
            RunEvent end = await follower.ToEndAsync(over);
            return end.NotRun is { } notRun && follows ? Ended.Failed($"run {runId} was not run: {notRun.Reason}") : Ended.Well;
        }
    }
}
