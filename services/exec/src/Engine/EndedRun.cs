using PvExec.Exec.Core.Output;

namespace PvExec.Exec.Engine;

/// <summary>A run among those that ended last, and what it keeps there.</summary>
internal sealed class EndedRun
{
    /// <summary>What its <c>finish</c> was started with, in memory in any case.</summary>
    private readonly long _finishBytes;

    private long _standardBytes, _errorBytes;

    /// <param name="ended">When, for the order.</param>
    public EndedRun(LiveRun run, DateTimeOffset ended)
    {
        (Run, Ended) = (run, ended);
        (_standardBytes, _errorBytes) = (run.Run.Output.Standard.KeptBytes, run.Run.Output.Error.KeptBytes);
        _finishBytes = run.Processes?.Journal?.FinishBytes ?? 0;
    }

    public LiveRun Run { get; }

    public DateTimeOffset Ended { get; }

    public bool IsRead => Run.Run.Output.Readers > 0;

    /// <summary>What it keeps on disk, or in memory.</summary>
    public long KeptBytes(bool onDisk) => (onDisk ? 0 : _finishBytes) + (Run.Run.Output.IsOnDisk == onDisk ? _standardBytes + _errorBytes : 0);

    /// <summary>How much of that a stream can give back while the run is still known.</summary>
    /// <remarks>
    /// Nothing of one that is still written to. Nor of a run that an instance before has started: its calls may still read from the same file, and
    /// would not know what is gone.
    /// </remarks>
    public long Droppable(OutputStream stream, bool onDisk) =>
        Run.Processes is { IsAdopted: false } && Run.Run.Output is var output && output.IsOnDisk == onDisk && output[stream].IsEnded ? KeptOf(stream) : 0;

    /// <summary>A stream keeps nothing any more.</summary>
    public void Drop(OutputStream stream) => KeptOf(stream) = 0;

    private ref long KeptOf(OutputStream stream) => ref stream == OutputStream.Standard ? ref _standardBytes : ref _errorBytes;
}
