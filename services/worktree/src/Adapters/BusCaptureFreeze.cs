using Microsoft.Extensions.Logging;
using PvExec.Bus.Calls;
using PvExec.Hosting.Init;
using PvExec.Kernel;
using PvExec.Proto.Bus.Common;
using PvExec.Proto.Bus.Processes;

namespace PvExec.Worktrees.Adapters;

/// <summary>A freeze of all managed processes, from process.</summary>
/// <param name="process">Connected to process's requests; owned from now on.</param>
/// <param name="init">Once the whole system stops, process has ended everything: there is nothing to freeze.</param>
public sealed class BusCaptureFreeze(BusClient process, IInit init, TimeProvider time, ILogger<BusCaptureFreeze> log) : ICaptureFreeze, IAsyncDisposable
{
    /// <summary>How long to wait for the processes to stand still.</summary>
    private static readonly TimeSpan AnswerTime = TimeSpan.FromSeconds(3);

    /// <summary>When they go on by themselves, should we hang; renewed while the capture lasts.</summary>
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
            return new Frozen(process, freeze.FreezeId, time, log);
        }

        WorktreeLog.NotFrozen(log, fault.Detail);
        return new NoFreeze();
    }

    public ValueTask DisposeAsync() => process.DisposeAsync();

    /// <summary>Renewed until it is disposed of.</summary>
    private sealed class Frozen : IAsyncDisposable
    {
        private readonly BusClient _process;
        private readonly ulong _id;
        private readonly TimeProvider _time;
        private readonly ILogger _log;
        private readonly CancellationTokenSource _ended = new();
        private readonly Task _renewing;

        public Frozen(BusClient process, ulong id, TimeProvider time, ILogger log)
        {
            (_process, _id, _time, _log) = (process, id, time, log);
            _renewing = RenewAsync();
        }

        public async ValueTask DisposeAsync()
        {
            await _ended.CancelAsync();
            await _renewing;
            _ended.Dispose();
            Outcome<Done> thawed = await _process.CallAsync<ThawProcesses, Done>(new ThawProcesses(_id), AnswerTime, WhenDown.Fail, CancellationToken.None);
            if (!thawed.Succeeded(out Fault? fault))
            {
                WorktreeLog.NotThawed(_log, fault.Detail);
            }
        }

        // Three chances before the time is over.
        private async Task RenewAsync()
        {
            try
            {
                while (true)
                {
                    await Task.Delay(Longest / 3, _time, _ended.Token);
                    Outcome<Done> renewed = await _process.CallAsync<RenewFreeze, Done>(new RenewFreeze(_id, Longest), AnswerTime, WhenDown.Fail, _ended.Token);
                    if (!renewed.Succeeded(out Fault? fault))
                    {
                        WorktreeLog.NotFrozen(_log, fault.Detail);
                    }

                    if (fault?.Kind == FaultKind.NotFound)
                    {
                        return;
                    }
                }
            }
            catch (OperationCanceledException)
            {
                return;
            }
        }
    }
}
