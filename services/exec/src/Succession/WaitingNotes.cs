using MessagePack;
using Microsoft.Extensions.Logging;
using Microsoft.Win32.SafeHandles;
using PvExec.Exec.Adapters.Output;
using PvExec.Exec.Engine;
using PvExec.Hosting.Init;
using PvExec.Hosting.Notify;
using PvExec.Kernel;

namespace PvExec.Exec.Succession;

/// <summary>
/// Has the runs that wait and have a client token outlive this service: their callers come back, or have gone knowing that the run
/// was accepted, and are to find it where it was in the queues.
/// </summary>
public sealed class WaitingNotes(IDescriptorStore store, ILogger<WaitingNotes> log)
{
    private const string Prefix = "waiting.";

    /// <summary>A file that is longer is written anew when more than half of it is of runs that wait no more.</summary>
    private const long LongFileBytes = 1024 * 1024;

    /// <summary>Guards the fields below, and the files; a leaf.</summary>
    private readonly Lock _lock = new();

    private readonly Dictionary<string, (long At, int Length)> _records = new(StringComparer.Ordinal);
    private readonly List<string> _found = [];
    private WaitingFile? _file;
    private int _number;
    private long _waitingBytes;

    /// <summary>What an instance that was killed has left, in the order of the requests. The descriptors are taken over.</summary>
    public IReadOnlyList<WaitingRun> Find(IReadOnlyList<KeptDescriptor> stored)
    {
        var runs = new Dictionary<string, WaitingRun>(StringComparer.Ordinal);
        foreach (KeptDescriptor one in stored.Where(one => one.Name.StartsWith(Prefix, StringComparison.Ordinal)))
        {
            _found.Add(one.Name);
            _number = Math.Max(_number, int.TryParse(one.Name.AsSpan(Prefix.Length), out int number) ? number : 0);
            try
            {
                using SafeFileHandle file = StreamFile.Own(one.Handle);
                foreach (WaitingRun run in WaitingFile.Read(file))
                {
                    // In two of them when a file was just being written anew.
                    runs[run.Id.Value] = run;
                }
            }
            catch (Exception e) when (e is MessagePackSerializationException or IOException or EndOfStreamException)
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

    /// <summary>Before its caller is told that it is accepted.</summary>
    public void Add(WaitingRun run)
    {
        lock (_lock)
        {
            try
            {
                _file ??= Begin([]);
                Note(_file, run);
                if (_file.Length > LongFileBytes && _waitingBytes < _file.Length / 2)
                {
                    WriteAnew(_file);
                }
            }
            catch (IOException e)
            {
                ExecLog.WaitingNotNoted(log, run.Id, run.Request.TaskName, e.Message);
            }
        }
    }

    /// <summary>It has been started, could not be, or was withdrawn. One that was never noted is no error.</summary>
    public void Remove(Core.Runs.RunId run)
    {
        lock (_lock)
        {
            if (_records.Remove(run.Value, out (long At, int Length) record))
            {
                _waitingBytes -= record.Length;
                _file!.Remove(record);
            }
        }
    }

    private void Note(WaitingFile file, WaitingRun run)
    {
        (long, int Length) record = file.Add(run);
        _records[run.Id.Value] = record;
        _waitingBytes += record.Length;
    }

    /// <summary>To another file, and only then is this one forgotten: at no moment is a run in none.</summary>
    private void WriteAnew(WaitingFile before)
    {
        string name = Name(_number);
        IReadOnlyList<WaitingRun> waiting = WaitingFile.Read(before.Handle);
        WaitingFile after = Begin(waiting);
        _waitingBytes = 0;
        (_file, long at) = (after, 0);
        foreach (WaitingRun run in waiting)
        {
            // As they were written, one behind the other.
            int length = after.LengthAt(at);
            _records[run.Id.Value] = (at, length);
            _waitingBytes += length;
            at += length;
        }

        before.Dispose();
        store.Remove(name).Succeeded(out _);
    }

    /// <summary>A file with those runs, which is kept from now on.</summary>
    /// <exception cref="IOException">It cannot be.</exception>
    private WaitingFile Begin(IReadOnlyList<WaitingRun> runs)
    {
        var file = new WaitingFile();
        try
        {
            foreach (WaitingRun run in runs)
            {
                file.Add(run);
            }

            if (store.Put(Name(_number + 1), file.Handle).Fault is { } fault)
            {
                throw new IOException(fault.Detail);
            }

            _number++;
            return file;
        }
        catch
        {
            file.Dispose();
            throw;
        }
    }

    private static string Name(int number) => $"{Prefix}{number}";
}
