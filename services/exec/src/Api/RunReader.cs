using Google.Protobuf;
using Google.Protobuf.WellKnownTypes;
using PvExec.Exec.Core.Output;
using PvExec.Exec.Core.Runs;
using PvExec.Exec.Engine;
using PvExec.Kernel;
using V1 = PvExec.Api.V1;

namespace PvExec.Exec.Api;

/// <summary>
/// What one reader has been told of a run, and what comes next. It looks when it is asked: a reader that does not ask
/// costs nothing.
/// </summary>
internal sealed class RunReader(Run run, RunEngine engine, V1.AttachRequest request)
{
    /// <summary>A pipe's usual capacity.</summary>
    private const int MostInOneEvent = 64 * 1024;

    /// <summary>The oldest of those that a run waits for: a person reads them, and each costs a step for each of the run's scopes.</summary>
    private const int MostWaitsFor = 32;

    private readonly byte[] _buffer = new byte[MostInOneEvent];
    private bool _toldQueued;
    private bool _toldStarted;
    private bool _toldFinishing;

    /// <summary>What has been told of each stream, in bytes.</summary>
    public ulong StandardOffset { get; private set; } = request.StdoutOffset;

    /// <inheritdoc cref="StandardOffset"/>
    public ulong ErrorOffset { get; private set; } = request.StderrOffset;

    /// <summary>The next event, or null when there is none yet.</summary>
    public V1.RunEvent? Next()
    {
        // Looked at first: whatever was written before the end is told before it.
        bool hasEnded = run.Completion.IsCompleted;
        RunEnded? ending = run.Ending;
        if (!_toldQueued)
        {
            _toldQueued = true;
            if (run.State == RunState.Waiting)
            {
                return new V1.RunEvent { Queued = Queued() };
            }
        }

        if (!_toldStarted)
        {
            if (run.Start is { } start)
            {
                _toldStarted = true;
                return new V1.RunEvent { Started = RunMessages.ToApi(start) };
            }

            if (!hasEnded)
            {
                // A quick process writes before its start is known here.
                return null;
            }
        }

        return NextOf(OutputStream.Standard, hasEnded) ?? NextOf(OutputStream.Error, hasEnded) ?? (hasEnded ? End(run.Completion.Result) : Finishing(ending));
    }

    private V1.Queued Queued()
    {
        var queued = new V1.Queued { Requested = Timestamp.FromDateTimeOffset(run.Requested) };
        if (!request.WithoutWaitsFor)
        {
            queued.WaitsFor.AddRange(RunMessages.WaitsFor(engine.WaitsFor(run, MostWaitsFor)));
        }

        return queued;
    }

    private V1.RunEvent? NextOf(OutputStream stream, bool hasEnded)
    {
        bool isStandard = stream == OutputStream.Standard;
        ulong offset = isStandard ? StandardOffset : ErrorOffset;
        StreamPiece piece = offset > long.MaxValue ? StreamPiece.NothingYet : run.Output[stream].Read((long)offset, _buffer);
        ulong length = (ulong)piece.Length;
        if (!isStandard && !hasEnded && !_toldFinishing && run.Ending is { } ending)
        {
            // What `finish` writes comes behind. Looked at after the reading: it is known before `finish` is started.
            length = Math.Min(length, (ulong)ending.ErrorBytes - Math.Min((ulong)ending.ErrorBytes, offset));
        }

        if (length == 0)
        {
            return null;
        }

        if (isStandard)
        {
            StandardOffset += length;
        }
        else
        {
            ErrorOffset += length;
        }

        V1.OutputStream name = isStandard ? V1.OutputStream.Stdout : V1.OutputStream.Stderr;
        return piece.Kind == StreamPieceKind.Gap
            ? new V1.RunEvent { Gap = new V1.Gap { Stream = name, Offset = offset, Length = length } }
            : new V1.RunEvent { Output = new V1.Output { Stream = name, Offset = offset, Data = ByteString.CopyFrom(_buffer, 0, (int)length) } };
    }

    /// <summary>Not told of a run that has ended: its end says as much.</summary>
    private V1.RunEvent? Finishing(RunEnded? ending)
    {
        if (ending is null || _toldFinishing)
        {
            return null;
        }

        _toldFinishing = true;
        return new V1.RunEvent { Finishing = RunMessages.ToFinishing(ending.Result) };
    }

    private V1.RunEvent End(Outcome<RunResult> outcome) => outcome.TryGet(out RunResult? result, out Fault? fault)
        ? new V1.RunEvent { Exited = RunMessages.ToApi(run, result) }
        : new V1.RunEvent { NotRun = RunMessages.ToApi(fault) };
}
