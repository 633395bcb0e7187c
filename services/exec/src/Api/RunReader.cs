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
    private bool _errorIsNext;

    /// <summary>How long the streams were when the run had ended: what its descendants write later would never come to an end.</summary>
    private (ulong Standard, ulong Error)? _ends;

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

        if (hasEnded)
        {
            _ends ??= ((ulong)run.Output.Standard.Length, (ulong)run.Output.Error.Length);
        }

        return NextOutput(hasEnded) ?? (hasEnded ? End(run.Completion.Result) : Finishing(ending));
    }

    /// <summary>Of the two streams in turn: one that is always ahead of the reader must not keep the other from being read.</summary>
    private V1.RunEvent? NextOutput(bool hasEnded)
    {
        V1.RunEvent? error = _errorIsNext ? NextOf(OutputStream.Error, hasEnded) : null;
        V1.RunEvent? standard = error is null ? NextOf(OutputStream.Standard, hasEnded) : null;
        _errorIsNext = standard is not null;
        return error ?? standard ?? NextOf(OutputStream.Error, hasEnded);
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

        if (_ends is { } ends)
        {
            ulong end = isStandard ? ends.Standard : ends.Error;
            length = Math.Min(length, end - Math.Min(end, offset));
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

    private V1.RunEvent End(Outcome<RunResult> outcome)
    {
        if (!outcome.TryGet(out RunResult? result, out Fault? fault))
        {
            return new V1.RunEvent { NotRun = RunMessages.ToApi(fault) };
        }

        V1.Exited exited = RunMessages.ToApi(run, result);
        (exited.StdoutBytes, exited.StderrBytes) = _ends!.Value;
        return new V1.RunEvent { Exited = exited };
    }
}
