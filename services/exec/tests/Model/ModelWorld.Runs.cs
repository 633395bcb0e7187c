using PvExec.Exec.Core.Runs;
using PvExec.Hosting.Init;
using PvExec.Kernel;

namespace PvExec.Exec.Tests.Model;

/// <content>Runs: asked for, ended, withdrawn.</content>
internal sealed partial class ModelWorld
{
    private static readonly Fault s_withdrawn = new(FaultKind.Cancelled, "withdrawn by the model");

    private Task SubmitAsync()
    {
        for (int left = _random.Next(1, 3); left > 0 && _queue.Claims.Count < MostClaims; left--)
        {
            Submit(_tasks[_random.Next(_tasks.Length)], fails: Chance(6));
        }

        return Task.CompletedTask;
    }

    private ModelRun Submit(ModelTask task, bool fails)
    {
        KeyValuePair<string, string>[] variables = fails ? [new("MODEL_REFUSED", "1")] : [];
        Run real = _instance.Engine.Submit(new RunRequest(task.Name, variables, ReadOnlyMemory<byte>.Empty, 0)
        {
            Token = Chance(50) ? new ClientToken($"{_accepted}", "") : null,
            OnDisconnect = OnDisconnect.GoOn,
        }).Value;
        _accepted++;
        _doing = $"run {real.Id} of {task.Name}{(fails ? ", which cannot be started" : "")}";
        var run = new ModelRun(real, task, fails);
        _queue.Claims.Add(run);
        return run;
    }

    private async Task EndProcessAsync()
    {
        if (Pick(_init.Kept.Where(process => process.Status is null)) is { } process)
        {
            _doing = $"process {process.Id} of run {process.Run} ends";
            ExitStatus status = Chance(20) ? ExitStatus.Signaled(_random.Next(1, 31)) : ExitStatus.Exited(Chance(60) ? 0 : _random.Next(256));
            End(process, status);
            await SeeEndAsync(RunOf(process));
        }
    }

    /// <summary>As <see cref="EndProcessAsync"/>, and at the same moment somebody who waits is withdrawn, perhaps too late.</summary>
    private async Task EndAndWithdrawAsync()
    {
        ModelRun? waiting = Pick(_queue.Waiting);
        ModelProcess? process = Pick(_init.Kept.Where(one => one.Status is null));
        if (waiting is null || process is null)
        {
            return;
        }

        _doing = $"process {process.Id} of run {process.Run} ends as {waiting.Name} is withdrawn";
        End(process, ExitStatus.Exited(0));
        Assert.True(_instance.Engine.Withdraw(waiting.Real, s_withdrawn));
        if (waiting.Real.State == RunState.Withdrawn)
        {
            await SeeFaultAsync(waiting, FaultKind.Cancelled);
        }

        await SeeEndAsync(RunOf(process));
    }

    private async Task CancelAsync()
    {
        if (Pick(_queue.Claims.OfType<ModelRun>()) is not { } run)
        {
            return;
        }

        _doing = $"run {run.Name} is cancelled";
        Assert.True(await _instance.Engine.CancelAsync(run.Real, s_withdrawn, Task.Delay(Timeout.Infinite)).WaitAsync(s_patience));
        await (run.IsHeld ? SeeEndAsync(run) : SeeFaultAsync(run, FaultKind.Cancelled));
    }

    private async Task EndAsync(ModelRun run, ExitStatus status)
    {
        foreach (ModelProcess process in ProcessesOf(run).Where(process => process.Status is null))
        {
            End(process, status);
        }

        await SeeEndAsync(run);
    }

    private void End(ModelProcess process, ExitStatus status)
    {
        process.Write(" and the end");
        _init.End(process, status);
    }

    private IEnumerable<ModelProcess> ProcessesOf(ModelClaim run) => _init.Kept.Where(process => process.Run == run.Name);

    private ModelRun RunOf(ModelProcess process) => _queue.Running.Single(run => run.Name == process.Run);
}
