using System.Net;
using System.Net.Sockets;
using System.Runtime.InteropServices;
using Microsoft.Extensions.Logging;
using PvExec.Hosting.Init;
using PvExec.Hosting.Notify;
using PvExec.Kernel;
using PvExec.Processes.Core.Specs;

namespace PvExec.Processes.Proxy;

/// <summary>
/// The exposed ports of all processes, in the eyes of whoever outlives this instance: their listening sockets lie in the
/// descriptor store too, so a connection that comes while pv-process is away waits in the socket's queue. Thread-safe.
/// </summary>
internal sealed class ExposedPorts(DescriptorStore store, ProcessTiming timing, IPortOwners owners, TimeProvider clock, ILogger<ExposedPorts> log)
{
    private const string ListeningPrefix = "port.";
    private const string WaitingPrefix = "waiting.";

    private readonly Lock _lock = new(); // guards the fields below; a leaf
    private readonly Dictionary<string, ReleasedPort> _inherited = new(StringComparer.Ordinal);
    private bool _closing;

    /// <summary>Every connection that is carried.</summary>
    public OpenConnections Connections { get; } = new();

    /// <summary>A port that is not open yet.</summary>
    public ExposedPort Of(string process, int port) => new(process, port, this, timing, owners, clock, log);

    /// <summary>The port as descriptors for the next instance.</summary>
    public static IEnumerable<KeptDescriptor> Descriptors(string process, ReleasedPort port) =>
        [new(NameOf(process), port.Listening.SafeHandle), .. port.Waiting.Select(client => new KeptDescriptor(WaitingPrefix + SafeName.Of(process), client.SafeHandle))];

    /// <summary>Whether it is a port, which counts more than the connections that wait for it.</summary>
    public static bool IsListening(KeptDescriptor descriptor) => descriptor.Name.StartsWith(ListeningPrefix, StringComparison.Ordinal);

    /// <summary>Takes over what earlier instances left. Before any port is opened.</summary>
    /// <param name="descriptors">Theirs to close from now on, if they are ports; of several of one name the first counts.</param>
    public void Inherit(IEnumerable<KeptDescriptor> descriptors)
    {
        var waiting = new List<KeptDescriptor>();
        lock (_lock)
        {
            foreach (KeptDescriptor one in descriptors)
            {
                if (one.Name.StartsWith(WaitingPrefix, StringComparison.Ordinal))
                {
                    waiting.Add(one);
                }
                else if (IsListening(one))
                {
                    if (_inherited.ContainsKey(one.Name) || Adopt(one.Handle) is not { } listening)
                    {
                        one.Handle.Dispose();
                        continue;
                    }

                    _inherited.Add(one.Name, new ReleasedPort(listening, []));
                }
            }

            foreach (KeptDescriptor one in waiting)
            {
                string name = ListeningPrefix + one.Name[WaitingPrefix.Length..];
                if (_inherited.TryGetValue(name, out ReleasedPort? port) && Adopt(one.Handle) is { } client)
                {
                    _inherited[name] = port with { Waiting = [.. port.Waiting, client] };
                }
                else
                {
                    one.Handle.Dispose();
                }
            }
        }
    }

    /// <summary>Closes what no process has asked for: it has ended meanwhile, or is not configured any more.</summary>
    public void CloseUnclaimed()
    {
        lock (_lock)
        {
            foreach ((string name, ReleasedPort port) in _inherited)
            {
                foreach (Socket client in port.Waiting)
                {
                    ProxiedConnection.Reset(client);
                }

                port.Close();
                Remove(name);
            }

            _inherited.Clear();
        }
    }

    /// <summary>Completes when ports that were closed can be bound by others: whoever keeps the store has closed its copies.</summary>
    public async Task ClosedAsync()
    {
        lock (_lock)
        {
            if (!_closing)
            {
                return;
            }

            _closing = false;
        }

        if ((await store.SettledAsync()).Fault is { } fault)
        {
            ProcessLog.PortNotKept(log, fault.Detail);
        }
    }

    internal ReleasedPort? Take(string process, int port)
    {
        lock (_lock)
        {
            return _inherited.TryGetValue(NameOf(process), out ReleasedPort? inherited) && ((IPEndPoint)inherited.Listening.LocalEndPoint!).Port == port
                && _inherited.Remove(NameOf(process))
                ? inherited
                : null;
        }
    }

    internal void Keep(string process, SafeHandle listening)
    {
        if (store.Put(NameOf(process), listening).Fault is { } fault)
        {
            ProcessLog.PortNotKept(log, fault.Detail);
        }
    }

    internal void Forget(string process)
    {
        lock (_lock)
        {
            Remove(NameOf(process));
        }
    }

    private static string NameOf(string process) => ListeningPrefix + SafeName.Of(process);

    // Called under _lock.
    private void Remove(string name)
    {
        _closing = true;
        if (store.Remove(name).Fault is { } fault)
        {
            ProcessLog.PortNotKept(log, fault.Detail);
        }
    }

    /// <returns>Null when it is no socket.</returns>
    private static Socket? Adopt(SafeHandle descriptor)
    {
        var handle = new SafeSocketHandle(descriptor.DangerousGetHandle(), ownsHandle: true);
        try
        {
            var socket = new Socket(handle);
            descriptor.SetHandleAsInvalid();
            return socket;
        }
        catch (SocketException)
        {
            handle.SetHandleAsInvalid();
            return null;
        }
    }
}
