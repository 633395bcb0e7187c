using Microsoft.Extensions.Logging;
using PvExec.Bus.Calls;
using PvExec.Hosting.Init;
using PvExec.Kernel;
using PvExec.Proto.Bus.Common;
using PvExec.Proto.Bus.Processes;

namespace PvExec.Worktrees.Adapters;

/// <summary>A freeze of all managed processes, from process.</summary>
/// <param name="process">Connected to process's requests.</param>
/// <param name="init">Once the whole system stops, process has ended everything: there is nothing to freeze.</param>
public sealed class BusCaptureFreeze(BusClient process, IInit init, ILogger<BusCaptureFreeze> log) : ICaptureFreeze
{
    /// <summary>How long to wait for the processes to stand still.</summary>
    private static readonly TimeSpan AnswerTime = TimeSpan.FromSeconds(3);

    /// <summary>When they go on by themselves: a capture takes a fraction of it.</summary>
    private static readonly TimeSpan Longest = TimeSpan.FromSeconds(10);

    public async ValueTask<IAsyncDisposable> FreezeAsync(CancellationToken cancellationToken)
    {
        if (init.StopRequested.IsCompleted)
        {
            return new NoFreeze();
        }

        Outcome<ProcessesFrozen> frozen = await process.CallAsync<FreezeProcesses, ProcessesFrozen>(
            new FreezeProcesses([], "capture", Longest), AnswerTime, WhenDown.Fail, cancellationToken);
        if (frozen.TryGet(out ProcessesFrozen? freeze, out Fault? fault))
        {
            return new Frozen(process, freeze.FreezeId, log);
        }

        WorktreeLog.NotFrozen(log, fault.Detail);
        return new NoFreeze();
    }

    private sealed class Frozen(BusClient process, ulong id, ILogger log) : IAsyncDisposable
    {
        public async ValueTask DisposeAsync()
        {
            Outcome<Done> thawed = await process.CallAsync<ThawProcesses, Done>(new ThawProcesses(id), AnswerTime, WhenDown.Fail, CancellationToken.None);
            if (!thawed.Succeeded(out Fault? fault))
            {
                WorktreeLog.NotThawed(log, fault.Detail);
            }
        }
    }
}
