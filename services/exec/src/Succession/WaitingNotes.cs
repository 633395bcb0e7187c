using System.Diagnostics.CodeAnalysis;
using MessagePack;
using Microsoft.Extensions.Logging;
using Microsoft.Win32.SafeHandles;
using PvExec.Exec.Adapters.Output;
using PvExec.Exec.Core.Runs;
using PvExec.Exec.Engine;
using PvExec.Hosting.Init;
using PvExec.Hosting.Notify;
using PvExec.Kernel;

namespace PvExec.Exec.Succession;

/// <summary>
/// Has the runs that wait and have a client token outlive this service: their callers come back, or have gone knowing that the run
/// was accepted, and are to find it where it was in the queues. The input of such a run is here only.
/// </summary>
/// <remarks>
/// Runs are written beside each other, however large they are. A file with much waste is followed by another one, to which its runs move a few at each
/// addition: nobody waits for all of them.
/// </remarks>
public sealed class WaitingNotes(IDescriptorStore store, ILogger<WaitingNotes> log) : IDisposable
{
    private const string Prefix = "waiting.";

    /// <summary>A file with more waste than that, and than runs that wait, is followed by another one.</summary>
    private const long MuchWasteBytes = 1024 * 1024;

    /// <summary>How much moves at an addition at least; twice what was added if that is more, so that it gets done.</summary>
    private const int MovedAtOnce = 64 * 1024;

    private const int MostFailuresCounted = 12;

    /// <summary>Guards the fields below, and the places and marks in the files; a leaf. No run is written under it.</summary>
    private readonly Lock _lock = new();

    private readonly Dictionary<RunId, Place> _places = [];
    private readonly List<string> _found = [];
    private readonly Queue<RunId> _toMove = new();
    private WaitingFile? _file;

    /// <summary>The one before, as long as runs are in it.</summary>
    private WaitingFile? _before;

    private int _beingWritten;
    private int _number;
    private long _additions;
    private long _triedAgainAt;
    private int _failures;
    private bool _isClosed;

    /// <summary>What an instance that was killed has left, in the order of the requests. The descriptors are taken over.</summary>
    public IReadOnlyList<WaitingRun> Find(IReadOnlyList<KeptDescriptor> stored)
    {
        var runs = new Dictionary<RunId, WaitingRun>();
        foreach (KeptDescriptor one in stored.Where(one => one.Name.StartsWith(Prefix, StringComparison.Ordinal)))
        {
            _found.Add(one.Name);
            _number = Math.Max(_number, int.TryParse(one.Name.AsSpan(Prefix.Length), out int number) ? number : 0);
            try
            {
                using SafeFileHandle file = StreamFile.Own(one.Handle);
                foreach (WaitingRun run in WaitingFile.Read(file))
                {
                    // In two of them when it was just being moved.
                    runs[run.Id] = run;
                }
            }
            catch (Exception e) when (e is MessagePackSerializationException or IOException)
            {
                ExecLog.TableUnreadable(log, $"which runs waited cannot be read ({e.Message}): they are lost");
            }
        }

        return [.. runs.Values.OrderBy(run => run.Order)];
    }

    /// <summary>What was found has been noted again, as far as it still waits.</summary>
    public void ForgetFound()
    {
        _found.ForEach(name => store.Remove(name).Succeeded(out _));
        _found.Clear();
    }

    /// <summary>Before its caller is told that it is accepted. Nothing may be locked that others wait for.</summary>
    /// <returns>Whether its input is kept here from now on.</returns>
    public bool Add(WaitingRun run)
    {
        var record = new WaitingRecord(run);
        WaitingFile? file = null;
        long at = -1;
        bool isThere = false;
        try
        {
            lock (_lock)
            {
                if (_isClosed)
                {
                    return false;
                }

                file = _file ??= Begin();
                at = file.Reserve(record);
                _beingWritten++;
            }

            file.Fill(at, record);
            isThere = true;
        }
        catch (IOException e)
        {
            ExecLog.WaitingNotNoted(log, run.Id, run.Request.TaskName, e.Message);
            if (at < 0)
            {
                return false;
            }
        }

        lock (_lock)
        {
            _beingWritten--;
            if (_isClosed)
            {
                return false;
            }

            if (isThere)
            {
                file!.Mark(at, record.Length);
                _places.Add(run.Id, new Place(file, at, record));
            }
            else
            {
                file!.GiveBack(at, record.Length);
            }

            _additions++;
            Tidy(Math.Max(MovedAtOnce, 2L * record.Length));
        }

        return isThere;
    }

    /// <summary>It has been started, could not be, or was withdrawn. One that was never noted is no error.</summary>
    public void Remove(RunId run)
    {
        lock (_lock)
        {
            if (_places.Remove(run, out Place? place))
            {
                place.File.Remove(place.At, place.Length);
                DropEmpty();
            }
        }
    }

    /// <summary>The input of a run that waits. Read under the lock, so that it is not moved meanwhile.</summary>
    /// <returns>False when it is not noted.</returns>
    public bool TryReadInput(RunId run, [NotNullWhen(true)] out byte[]? input)
    {
        lock (_lock)
        {
            input = _places.TryGetValue(run, out Place? place) ? place.File.ReadBytes(place.At + place.InputAt, place.InputLength) : null;
            return input is not null;
        }
    }

    /// <summary>Another instance has them: they take no memory of this one, which may stay for its calls.</summary>
    public void Dispose()
    {
        lock (_lock)
        {
            _isClosed = true;
            _places.Clear();
            _toMove.Clear();
            _file?.Dispose();
            _before?.Dispose();
            (_file, _before) = (null, null);
        }
    }

    /// <summary>A part of what is to be done about waste.</summary>
    private void Tidy(long atMost)
    {
        if (_additions < _triedAgainAt)
        {
            return;
        }

        try
        {
            if (_before is null && _file!.WasteBytes > MuchWasteBytes && _file.WasteBytes > _file.WaitingBytes && _beingWritten == 0)
            {
                (_before, _file) = (_file, Begin());
                foreach (RunId run in _places.Keys)
                {
                    _toMove.Enqueue(run);
                }
            }

            while (atMost > 0 && _before is not null && _toMove.TryPeek(out RunId next))
            {
                if (_places.TryGetValue(next, out Place? place) && place.File == _before)
                {
                    Move(next, place);
                    atMost -= place.Length;
                }

                _toMove.Dequeue();
            }

            DropEmpty();
            _failures = 0;
        }
        catch (IOException e)
        {
            // Nothing is lost by it, but the memory is. It is tried again after twice as many additions each time.
            _triedAgainAt = _additions + (1L << Math.Min(++_failures, MostFailuresCounted));
            ExecLog.WaitingNotTidied(log, e.Message);
        }
    }

    /// <summary>First it is there too: at no moment is a run in no file.</summary>
    private void Move(RunId run, Place place)
    {
        long to = place.File.CopyTo(_file!, place.At, place.Length);
        place.File.Remove(place.At, place.Length);
        _places[run] = place with { File = _file!, At = to };
    }

    private void DropEmpty()
    {
        if (_before is { WaitingBytes: 0 } empty)
        {
            store.Remove(empty.Name).Succeeded(out _);
            empty.Dispose();
            _before = null;
            _toMove.Clear();
        }
    }

    /// <summary>A file that is kept from now on.</summary>
    /// <exception cref="IOException">It cannot be.</exception>
    private WaitingFile Begin()
    {
        var file = new WaitingFile($"{Prefix}{_number + 1}");
        if (store.Put(file.Name, file.Handle).Fault is { } fault)
        {
            file.Dispose();
            throw new IOException(fault.Detail);
        }

        _number++;
        return file;
    }

    private sealed record Place(WaitingFile File, long At, int Length, int InputAt, int InputLength)
    {
        public Place(WaitingFile file, long at, WaitingRecord record)
            : this(file, at, record.Length, record.InputAt, record.InputLength)
        {
        }
    }
}
