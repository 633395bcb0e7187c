using PvExec.Exec.Adapters.Output;
using PvExec.Exec.Core;
using PvExec.Exec.Core.Runs;
using PvExec.Hosting.Init;
using PvExec.Kernel;

namespace PvExec.Exec.Adapters;

/// <summary>The processes of one run, just started or taken up again, and the pipes they write to.</summary>
public sealed class RunProcesses(IInit init, IReadOnlyList<RunProcess> processes, IReadOnlyList<PumpedPipe> pipes)
{
    /// <summary>Null when the run needs none.</summary>
    public RunJournal? Journal { get; init; }

    /// <summary>
    /// Where its standard error is kept. It also bears the marks that observers were told of the end, and that the processes were told
    /// to end and may not all be gone: pv-init keeps it as long as it knows the run.
    /// </summary>
    public StreamFile? ErrorFile { get; init; }

    /// <summary>Whether an instance has told that the run's locks are free again. Without a <c>finish</c> that is told with the end.</summary>
    public bool IsFreedTold => HasFinish ? Journal!.IsFreed : ErrorFile is not { IsMarked: false };

    /// <summary>What of the output and the input of a run that was taken up cannot be used, and why.</summary>
    public IReadOnlyList<string> NotTakenUp { get; init; } = [];

    /// <summary>The task's <c>finish</c>, once it was started.</summary>
    public FinishProcess? Finish { get; set; }

    /// <summary>Whether the task has a <c>finish</c> that follows on the end of the processes.</summary>
    public bool HasFinish => Finish is not null || Journal is { HasFinish: true };

    /// <summary>Whether all of them have ended and no <c>finish</c> runs or is to be run.</summary>
    public bool AreOver => HaveEnded && (Finish is { } finish ? finish.Child.Exited.IsCompleted : Journal is not { HasFinish: true, IsFinishOver: false });

    /// <summary>An earlier instance of this service started them.</summary>
    public bool IsAdopted { get; init; }

    /// <summary>All that there were had ended when they were taken up again: what was left in their pipes has been read.</summary>
    public bool WereOver { get; init; }

    private IEnumerable<PumpedPipe> AllPipes => Finish?.Pipe is { } pipe ? [.. pipes, pipe] : pipes;

    /// <summary>Why the output could not be read to its end, or null.</summary>
    public IOException? OutputError => AllPipes.Select(pipe => pipe.Error).FirstOrDefault(error => error is not null);

    /// <summary>When the first of them was started, by pv-init's clock.</summary>
    public DateTimeOffset Started => processes.Min(process => process.Child.Started);

    /// <summary>When the last of them ended, by pv-init's clock, <c>finish</c> included. Call it when all have.</summary>
    public DateTimeOffset Ended =>
        processes.Select(process => process.Child).Concat(Finish is { } finish ? [finish.Child] : []).Max(child => child.Exited.Result.Ended);

    /// <summary>Whether all of them have ended.</summary>
    public bool HaveEnded => processes.All(process => process.Child.Exited.IsCompleted);

    /// <summary>The first of <c>run</c> and <c>log</c> that there is.</summary>
    public RunStart Start
    {
        get
        {
            Child first = processes.MinBy(process => process.Role).Child;
            return new RunStart(first.Pid, first.Started);
        }
    }

    /// <summary>Completes when all of them have ended, whether or not their descendants live on.</summary>
    public async Task<RunResult> EndedAsync()
    {
        var result = new RunResult(ExitStatus.Exited(0), DateTimeOffset.UnixEpoch, TimeSpan.Zero, TimeSpan.Zero, 0);
        IEnumerable<RunProcess> inOrder = processes.Count == 1 ? processes : processes.OrderBy(process => process.Role);
        foreach (RunProcess process in inOrder)
        {
            ChildExit exit = await process.Child.Exited;
            result = new RunResult(
                result.Status.Succeeded ? exit.Status : result.Status,
                exit.Ended > result.Ended ? exit.Ended : result.Ended,
                result.UserTime + exit.UserTime,
                result.SystemTime + exit.SystemTime,
                Math.Max(result.MaxResidentBytes, exit.MaxResidentBytes)) { OomKilled = result.OomKilled || exit.OomKilled };
        }

        return result;
    }

    /// <summary>Reads on until the output has come to its end, or until the grace is over and the pipes are empty.</summary>
    /// <returns>False when a descendant still holds the output open; what it writes is read on.</returns>
    public Task<bool> DrainAsync(SharedDelay grace) => TryEndOutput() ? Task.FromResult(true) : DrainInTimeAsync(grace);

    /// <summary>Whether the output has come to its end, as far as that can be said at once.</summary>
    public bool TryEndOutput()
    {
        bool haveEnded = true;
        foreach (PumpedPipe pipe in AllPipes)
        {
            haveEnded &= pipe.TryEnd();
        }

        return haveEnded;
    }

    private async Task<bool> DrainInTimeAsync(SharedDelay grace)
    {
        Task ended = Task.WhenAll(AllPipes.Select(pipe => pipe.EndedAtOnce));
        if (await Task.WhenAny(ended, grace.BeginAsync()) == ended)
        {
            return true;
        }

        await ReadAsync();
        return ended.IsCompleted;
    }

    /// <summary>Completes when all that is in the pipes at the time of the call has been read.</summary>
    public Task ReadAsync() => Task.WhenAll(AllPipes.Where(pipe => !pipe.Ended.IsCompleted).Select(pipe => pipe.DrainAsync()));

    /// <summary>Signals <c>finish</c>, if it has not ended, and all its descendants.</summary>
    public async Task<Outcome<Unit>> SignalFinishAsync(int signal, CancellationToken cancellationToken) =>
        Finish is { Child: { Exited.IsCompleted: false } child } ? await init.SignalAsync(child, signal, SignalScope.Tree, cancellationToken) : Unit.Value;

    /// <summary>Signals each process that has not ended, and all its descendants.</summary>
    public Task<Outcome<Unit>> SignalAsync(int signal, CancellationToken cancellationToken) => SignalAsync(signal, SignalScope.Tree, cancellationToken);

    /// <summary>Signals those that have not ended: with their descendants, or only <c>run</c>, alone or with its group.</summary>
    /// <returns>A fault when <c>run</c> is meant and only its filter still runs.</returns>
    public async Task<Outcome<Unit>> SignalAsync(int signal, SignalScope scope, CancellationToken cancellationToken)
    {
        bool isTree = scope == SignalScope.Tree;
        RunProcess[] meant = [.. processes.Where(process => (isTree || process.Role == RunRole.Run) && !process.Child.Exited.IsCompleted)];
        if (meant.Length == 0 && !isTree)
        {
            return new Fault(FaultKind.FailedPrecondition, "its `run` has ended and its filter still runs: send the signal to the tree");
        }

        Outcome<Unit> all = Unit.Value;
        foreach (RunProcess process in meant)
        {
            Outcome<Unit> one = await init.SignalAsync(process.Child, signal, scope, cancellationToken);
            all = all.Then(_ => one);
        }

        return all;
    }

    /// <summary>Whether nobody is left of them and their descendants, as long as pv-init has not forgotten them.</summary>
    /// <returns>A fault when pv-init cannot say so: it is of an earlier version. When the line to it is broken, somebody may be left.</returns>
    public async Task<Outcome<bool>> AreGoneAsync(CancellationToken cancellationToken)
    {
        Outcome<bool> gone = true;
        foreach (RunProcess process in processes)
        {
            Outcome<Unit> left = await init.SignalAsync(process.Child, 0, SignalScope.Tree, cancellationToken);
            switch (left.Fault)
            {
                case null or { Kind: FaultKind.Unavailable }:
                    return false;
                case { Kind: not FaultKind.NotFound } fault:
                    gone = fault;
                    break;
            }
        }

        return gone;
    }

    /// <summary>Signals each of them and all its descendants, also where it has ended itself, as long as pv-init has not forgotten it.</summary>
    public async Task<Outcome<Unit>> SignalRestAsync(int signal, CancellationToken cancellationToken)
    {
        Outcome<Unit> all = Unit.Value;
        foreach (RunProcess process in processes)
        {
            Outcome<Unit> one = await init.SignalAsync(process.Child, signal, SignalScope.Tree, cancellationToken);
            all = all.Then(_ => one);
        }

        return all;
    }

    /// <summary>
    /// Lets pv-init forget them, and what it keeps with them; <c>finish</c> last, since a run that is there without it
    /// is one whose <c>finish</c> has not been started.
    /// </summary>
    public async ValueTask AcknowledgeAsync(CancellationToken cancellationToken)
    {
        foreach (RunProcess process in processes)
        {
            await init.AcknowledgeAsync(process.Child, cancellationToken);
        }

        if (Finish is { } finish)
        {
            await init.AcknowledgeAsync(finish.Child, cancellationToken);
        }

        Journal?.Dispose();
    }

    /// <summary>As <see cref="AcknowledgeAsync"/>, soon: for a run that all has been told of.</summary>
    public void AcknowledgeLater()
    {
        foreach (RunProcess process in processes)
        {
            init.AcknowledgeLater(process.Child);
        }

        if (Finish is { } finish)
        {
            init.AcknowledgeLater(finish.Child);
        }

        Journal?.Dispose();
    }
}
