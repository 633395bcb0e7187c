using Microsoft.Extensions.Logging;
using Microsoft.Win32.SafeHandles;
using PvExec.Hosting.Init;
using PvExec.Linux.Events;
using PvExec.Processes.Core.Specs;

namespace PvExec.Processes.Adapters;

/// <summary>The logs of all processes, and the readers that fill them. Readers of one process share a file. Thread-safe.</summary>
/// <param name="directory">Made when first needed.</param>
internal sealed class OutputLogs(string directory, ILogger<OutputLogs> log)
{
    private const string Prefix = "output.";

    // Never closed: readers wait for it until this instance ends.
    private readonly EventCounter _stop = new();
    private readonly Lock _lock = new();

    // Guarded by _lock. By the processes' safe names.
    private readonly List<(string Name, LogFile File, OutputReader Reader)> _readers = [];

    /// <summary>Reads the process's output to its end.</summary>
    /// <param name="pipe">Its read end; it is not the caller's any more.</param>
    public OutputReader Read(string process, SafeFileHandle pipe) => ReadNamed(SafeName.Of(process), pipe);

    /// <summary>Goes on with pipes that only the earlier instance had.</summary>
    /// <param name="descriptors">Theirs to close from now on, if they are outputs.</param>
    public void Inherit(IEnumerable<KeptDescriptor> descriptors)
    {
        foreach (KeptDescriptor one in descriptors.Where(one => one.Name.StartsWith(Prefix, StringComparison.Ordinal)))
        {
            ReadNamed(one.Name[Prefix.Length..], (SafeFileHandle)one.Handle).SetOnlyHere();
        }
    }

    /// <summary>Stops all readers. When it returns, every byte that was taken out of a pipe is in its log.</summary>
    /// <returns>The pipes that nobody else keeps.</returns>
    public async Task<IReadOnlyList<KeptDescriptor>> StopAsync()
    {
        _stop.Set();
        List<(string Name, LogFile File, OutputReader Reader)> readers;
        lock (_lock)
        {
            readers = [.. _readers];
        }

        await Task.WhenAll(readers.Select(one => one.Reader.Ended));
        return [.. readers.Where(one => one.Reader.IsOnlyHere && !one.Reader.Pipe.IsClosed).Select(one => new KeptDescriptor(Prefix + one.Name, one.Reader.Pipe))];
    }

    private OutputReader ReadNamed(string name, SafeFileHandle pipe)
    {
        lock (_lock)
        {
            _readers.RemoveAll(one => one.Reader.Ended.IsCompleted);
            LogFile file = _readers.Find(one => one.Name == name).File ?? new LogFile(Path.Combine(directory, name + ".log"));
            var reader = new OutputReader(name, pipe, file, _stop, log);
            _readers.Add((name, file, reader));
            return reader;
        }
    }
}
