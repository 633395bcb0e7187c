using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Hosting.Systemd;
using Microsoft.Extensions.Logging;
using PvExec.Exec.Adapters;
using PvExec.Exec.Core.Runs;
using PvExec.Exec.Engine;
using PvExec.Hosting.Init;
using PvExec.Kernel;
using PvExec.Kernel.Configuration;

namespace PvExec.Exec;

/// <summary>
/// The task that <c>-main</c> names: started once, when all services are ready, and its end is told to pv-init, which then
/// stops everything. Which run it is stands in a file, so that a later instance of this service waits for the same run. One
/// that was killed before it wrote the file has left the run's token, in what pv-init keeps of its process.
/// </summary>
public sealed class MainTask(
    RunEngine engine,
    DaemonOptions options,
    ServiceListing listing,
    ISystemdNotifier notifier,
    TimeProvider time,
    ILogger<MainTask> log) : BackgroundService
{
    private static readonly TimeSpan LookAgain = TimeSpan.FromMilliseconds(100);

    /// <summary>The run that an earlier instance started; null when this one is to start it.</summary>
    private string? _startedRun;

    private Child? _adopted;

    /// <summary>Finds the run that an earlier instance started. Call it before the engine adopts: what has ended is forgotten then.</summary>
    public void Recall(IReadOnlyList<Child> owned)
    {
        if (options.MainTask is null)
        {
            return;
        }

        RunId? noted = Noted();
        foreach (Child child in owned)
        {
            if (RunNote.Parse(child.State) is { Role: RunRole.Run } note && (noted is { } id ? note.RunId == id : note.Token == ClientToken.OfMain))
            {
                (noted, _adopted) = (note.RunId, child);
                break;
            }
        }

        _startedRun = noted?.Value;
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        if (options.MainTask is not { } task)
        {
            return;
        }

        Outcome<ExitStatus> outcome = _startedRun is null ? await RunAsync(task, stoppingToken) : await FollowAsync(stoppingToken);
        int code = ExitCodes.System;
        if (outcome.TryGet(out ExitStatus status, out Fault? fault))
        {
            code = status.ShellCode;
        }
        else if (IsTheService())
        {
            ExecLog.MainTaskFailed(log, task, fault.Detail);
        }
        else
        {
            // A run that went over to a newer instance is that one's to follow.
            return;
        }

        notifier.Notify(new ServiceState($"X_PV_MAIN_EXIT={code}"));
    }

    private async Task<Outcome<ExitStatus>> RunAsync(string task, CancellationToken cancellationToken)
    {
        while (!AreAllUp())
        {
            await Task.Delay(LookAgain, time, cancellationToken);
        }

        // It is there already when an instance handed over that had not written the file yet.
        var request = new RunRequest(task, [], ReadOnlyMemory<byte>.Empty, 0) { Token = ClientToken.OfMain };
        if (!engine.Accept(request, RunCaller.New(OnDisconnect.GoOn)).TryGet(out AcceptedRun accepted, out Fault? fault))
        {
            return fault;
        }

        Run run = accepted.Run;
        run.Output.Release();

        try
        {
            await File.WriteAllTextAsync(options.Paths.MainRun, run.Id.Value, cancellationToken);
        }
        catch (IOException e)
        {
            ExecLog.MainTaskNotNoted(log, task, e.Message);
        }

        Outcome<RunResult> result = await run.Completion.WaitAsync(cancellationToken);
        return result.Then<ExitStatus>(ended => ended.Status);
    }

    private async Task<Outcome<ExitStatus>> FollowAsync(CancellationToken cancellationToken)
    {
        // It runs, with its finish behind it, or it waited for its locks in the instance that handed over, and waits here now.
        if (RunId.Parse(_startedRun!) is { } id && engine.Find(id) is { } run)
        {
            return (await run.Completion.WaitAsync(cancellationToken)).Then<ExitStatus>(ended => ended.Status);
        }

        return _adopted is not null
            ? (await _adopted.Exited.WaitAsync(cancellationToken)).Status
            : new Fault(FaultKind.DataLoss, "pv-exec ended together with its run, and how that ended is not known");
    }

    /// <summary>Null when there is no file, or an instance was killed while it wrote it.</summary>
    private RunId? Noted() => File.Exists(options.Paths.MainRun) ? RunId.Parse(File.ReadAllText(options.Paths.MainRun)) : null;

    // One that was given up holds nobody back, or the end of everything would never come.
    private bool AreAllUp() => listing().TryGet(out var services, out _) && services.TrueForAll(one => one.State is "ready" or "failed");

    private bool IsTheService() =>
        listing().TryGet(out var services, out _) && services.Exists(one => one.Pid == Environment.ProcessId && one is { State: "ready", Name: "exec" });
}
