using System.Collections.Immutable;
using PvExec.Kernel;

namespace PvExec.Exec.Core.Runs;

/// <summary>Everybody who watches runs.</summary>
public sealed class RunWatches
{
    /// <summary>Each costs a step at every change of a run.</summary>
    internal const int MaxWatches = 256;

    private readonly TaskCompletionSource _stopped = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private ImmutableList<RunWatch> _all = [];

    /// <summary>The system stops, and no run is left that could change.</summary>
    public Task Stopped => _stopped.Task;

    public Outcome<RunWatch> Open()
    {
        var watch = new RunWatch(this);
        ImmutableInterlocked.Update(ref _all, static (all, one) => all.Count < MaxWatches ? all.Add(one) : all, watch);
        return Volatile.Read(ref _all).Contains(watch)
            ? watch
            : new Fault(FaultKind.ResourceExhausted, $"{MaxWatches} callers watch the runs already, and more are not allowed: end one, or ask ListRuns");
    }

    /// <summary>Call it once the change can be seen.</summary>
    public void Changed(Run run)
    {
        foreach (RunWatch watch in Volatile.Read(ref _all))
        {
            watch.Note(run);
        }
    }

    public void Stop() => _stopped.TrySetResult();

    internal void Close(RunWatch watch) => ImmutableInterlocked.Update(ref _all, static (all, one) => all.Remove(one), watch);
}
