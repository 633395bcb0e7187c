using PvExec.Exec.Core.Runs;
using PvExec.Hosting.Init;
using PvExec.Kernel;
using PvExec.Linux.Files;

namespace PvExec.Exec.Adapters;

/// <content>The task's <c>finish</c>.</content>
public sealed partial class RunStarter
{
    /// <summary>Starts <c>finish</c> as the run was started; what it writes goes to the end of the run's standard error, and of the main task's where that one's goes.</summary>
    /// <param name="ended">How the run ended.</param>
    public async Task<Outcome<FinishProcess>> StartFinishAsync(Run run, RunProcesses processes, FinishPlan plan, ExitStatus ended)
    {
        PipePair pipe;
        try
        {
            pipe = PipePair.Open();
        }
        catch (IOException e)
        {
            return new Fault(FaultKind.ResourceExhausted, e.Message);
        }

        using (pipe.WriteEnd)
        {
            Outcome<Child> started = await init.SpawnAsync(
                new SpawnSpec
                {
                    Label = run.Id.Value + "/finish",
                    State = RunNote.Of(run, RunRole.Finish).ToBytes(),
                    Arguments = [.. plan.Arguments, .. RunFinish.Arguments(ended, run.Id)],
                    Environment = plan.Environment,
                    WorkingDirectory = plan.Directory,
                    Descriptors = run.IsMain ? [new(OwnOutput, 1), new(OwnError, 2)] : [new(pipe.WriteEnd, 1), new(pipe.WriteEnd, 2)],
                    Kept = [new(RunFiles.FinishPipe, pipe.ReadEnd)],
                    Uid = plan.User?.Uid,
                    Gid = plan.User?.Gid,
                    Groups = plan.User?.Groups,
                },
                CancellationToken.None);
            if (!started.TryGet(out Child? child, out Fault? fault))
            {
                pipe.ReadEnd.Dispose();
                return fault with { Detail = StartFault.Describe(fault, plan.Arguments, plan.Environment, plan.Directory, plan.User) };
            }

            return new FinishProcess(child, processes.ErrorFile is { } file ? pump.Add(pipe.ReadEnd, run.Output.Error, file) : null);
        }
    }

    /// <summary>Has a process forgotten that is all that is left of a run.</summary>
    public async Task ForgetAsync(Child child)
    {
        await child.Exited;
        await init.AcknowledgeAsync(child, CancellationToken.None);
    }
}
