using System.Net.Sockets;
using Microsoft.Extensions.Logging;
using PvExec.Kernel;
using PvExec.Processes.Core.Ports;

namespace PvExec.Processes.Proxy;

/// <summary>
/// The port under which a process is to be reached: opened when there is something behind it, tried again when another
/// program has it. Not thread-safe: the keeper calls it under its lock.
/// </summary>
internal sealed class ExposedPort(string process, int port, ExposedPorts ports, ProcessTiming timing, IPortOwners owners, TimeProvider clock, ILogger log)
{
    private static readonly Backoff Retries = new(TimeSpan.FromMilliseconds(500), TimeSpan.FromSeconds(10));

    private PortProxy? _proxy;
    private ProxyTarget? _wanted;
    private long _heldSince;
    private bool _held;
    private int _failures;
    private long _failedAt;

    /// <summary>Whether connections are taken.</summary>
    public bool IsOpen => _proxy is not null;

    /// <summary>Who has the port, and what follows from that; empty as long as nobody else is known to.</summary>
    public string Problem { get; private set; } = "";

    /// <summary>Before the process is started, so that whoever has the port is another program.</summary>
    public void LookForOwner() => Problem = owners.OwnerOf(port) is { } owner ? $"port {port} is taken by {owner}: it is opened for '{process}' when it is free" : "";

    public void Expose(ProxyTarget? target)
    {
        _held = false;
        _wanted = target;
        Problem = target is null ? "" : Problem;
        if (target is null)
        {
            Close();
        }
        else if (_proxy is not null)
        {
            _proxy.SetTarget(target);
        }
        else
        {
            _failures = 0;
            TryOpen();
        }
    }

    public void Hold()
    {
        _wanted = null;
        Problem = "";
        if (_proxy is not null && !_held)
        {
            _held = true;
            _heldSince = clock.GetTimestamp();
            _proxy.SetTarget(null);
        }
    }

    public void Hide() => Expose(null);

    /// <summary>Goes on with the sockets of an earlier instance, if there are any: held until there is a target.</summary>
    public void Inherit(ProxyTarget? target)
    {
        if (ports.Take(process, port) is { } inherited)
        {
            _proxy = new PortProxy(process, inherited, timing.Hold, ports.Connections, clock, log);
            Hold();
        }

        if (target is not null)
        {
            Expose(target);
        }
    }

    /// <summary>Stops taking connections and gives the port away.</summary>
    public async Task<ReleasedPort?> ReleaseAsync() => _proxy is { } proxy ? await proxy.ReleaseAsync() : null;

    /// <summary>Called now and then: tries a taken port again, and gives up one that was held too long, so that the process may take it itself.</summary>
    public void Tick()
    {
        if (_held && clock.GetElapsedTime(_heldSince) > timing.Hold)
        {
            ProcessLog.HeldTooLong(log, process, port, timing.Hold.TotalSeconds);
            Hide();
        }
        else if (_wanted is not null && _proxy is null && clock.GetElapsedTime(_failedAt) > Retries.After(_failures))
        {
            TryOpen();
        }
    }

    private void TryOpen()
    {
        try
        {
            _proxy = PortProxy.Open(process, port, timing.Hold, ports.Connections, clock, log);
            _proxy.SetTarget(_wanted);
            _failures = 0;
            Problem = "";
            ports.Keep(process, _proxy.Handle);
            ProcessLog.Exposed(log, process, port, _wanted!.Endpoints[0]);
        }
        catch (SocketException e)
        {
            if (_failures++ == 0)
            {
                string owner = owners.OwnerOf(port) ?? "another program";
                Problem = $"port {port} is taken by {owner} ({e.Message}): it is opened for '{process}' when it is free";
                ProcessLog.PortTaken(log, process, port, owner, e.Message);
            }

            _failedAt = clock.GetTimestamp();
        }
    }

    private void Close()
    {
        if (_proxy is not null)
        {
            _proxy.Dispose();
            _proxy = null;
            ports.Forget(process);
            ProcessLog.Hidden(log, process, port);
        }
    }
}
