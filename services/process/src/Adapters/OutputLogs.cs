using Microsoft.Extensions.Logging;
using Microsoft.Win32.SafeHandles;
using PvExec.Linux.Events;
using PvExec.Processes.Core.Specs;

namespace PvExec.Processes.Adapters;

/// <summary>The logs of all processes, and the readers that fill them. Readers of one process share a file. Thread-safe.</summary>
/// <param name="directory">Made when first needed.</param>
internal sealed class OutputLogs(string directory, ILogger<OutputLogs> log)
{
    // Never closed: readers wait for it until the process ends.
    private readonly EventCounter _stop = new();
    private readonly Lock _lock = new();

    // Guarded by _lock.
    private readonly List<(string Name, LogFile File, OutputReader Reader)> _readers = [];

    public string PathOf(string process) => Path.Combine(directory, SafeName.Of(process) + ".log");

    /// <summary>Reads the process's output to its end.</summary>
    /// <param name="pipe">Its read end; it is not the caller's any more.</param>
    public OutputReader Read(string process, SafeFileHandle pipe)
    {
        lock (_lock)
        {
            _readers.RemoveAll(one => one.Reader.Ended.IsCompleted);
            LogFile file = _readers.Find(one => one.Name == process).File ?? new LogFile(PathOf(process));
            var reader = new OutputReader(process, pipe, file, _stop, log);
            _readers.Add((process, file, reader));
            return reader;
        }
    }

    /// <summary>Stops all readers. When it returns, every byte that was taken out of a pipe is in its log.</summary>
    public Task StopAsync()
    {
        _stop.Set();
        lock (_lock)
        {
            return Task.WhenAll(_readers.Select(one => one.Reader.Ended));
        }
    }
}
