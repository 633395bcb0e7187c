using Microsoft.Extensions.Logging;
using PvExec.Bus;
using PvExec.Bus.Events;
using PvExec.Bus.Transport;
using PvExec.Contract;
using PvExec.Hosting.Sockets;
using PvExec.Kernel;
using PvExec.Proto.Bus.Processes;

namespace PvExec.Processes;

/// <summary>Keepers to bus: publishes what differs from what was published last.</summary>
internal sealed class ProcessEvents(ILogger<BusPublisher> log) : IProcessObserver, IAsyncDisposable
{
    private readonly BusPublisher _publisher = new(Service.Process.Name(), BusLimits.Default, UnixTransportOptions.Default, log);

    /// <summary>Guards the next, and that events are queued in the order in which they were compared. A leaf: callers hold locks of their own.</summary>
    private readonly Lock _lock = new();
    private readonly Dictionary<string, (ProcessState State, int Port, int ExposedPort)> _last = new(StringComparer.Ordinal);

    /// <summary>Publishes on the socket that pv-init passed.</summary>
    /// <exception cref="FaultException">None was passed.</exception>
    public void Start() => _publisher.Start(InheritedSockets.Take("events"));

    /// <summary>Publishes on a path of its own, in tests.</summary>
    public void Start(string path) => _publisher.Start(path);

    public void Changed(string process, ProcessState state, int port, int exposedPort)
    {
        lock (_lock)
        {
            Compare(process, state, port, exposedPort);
        }
    }

    public ValueTask DisposeAsync() => _publisher.DisposeAsync();

    // Called under the lock.
    private void Compare(string process, ProcessState state, int port, int exposedPort)
    {
        (ProcessState State, int Port, int ExposedPort) before = _last.GetValueOrDefault(process);
        if (state == ProcessState.NotRunning)
        {
            _last.Remove(process);
        }
        else
        {
            _last[process] = (state, port, exposedPort);
        }

        if (state != before.State)
        {
            _publisher.Publish(new ProcessStateChanged(process, Name(state), port));
        }

        if ((port, exposedPort) != (before.Port, before.ExposedPort))
        {
            _publisher.Publish(new ProcessPortChanged(process, port, exposedPort));
        }
    }

    private static string Name(ProcessState state) => state switch
    {
        ProcessState.NotRunning => "NOT_RUNNING",
        ProcessState.Starting => "STARTING",
        ProcessState.Running => "RUNNING",
        ProcessState.Finished => "FINISHED",
        _ => throw new ArgumentOutOfRangeException(nameof(state), state, null),
    };
}
