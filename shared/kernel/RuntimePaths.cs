namespace PvExec.Kernel;

/// <summary>Where everything is below the runtime directory (mode 0700, on a tmpfs by default).</summary>
/// <param name="Root">An absolute path.</param>
public sealed record RuntimePaths(string Root)
{
    public const string Default = "/run/pv-exec";

    /// <summary>
    /// The longest root in bytes: the path of a Unix socket has at most 107 (unix(7)), and the longest name here takes 25.
    /// </summary>
    public const int MaxRootBytes = 80;

    /// <summary>Held with flock(2) by the pv-init that owns the directory.</summary>
    public string Lock => Path.Combine(Root, "lock");

    /// <summary>pv-init's socket (SEQPACKET): spawn, signals, exits, control.</summary>
    public string Init => Path.Combine(Root, "init.sock");

    /// <summary>The notify socket (datagrams, sd_notify(3)).</summary>
    public string Notify => Path.Combine(Root, "notify.sock");

    /// <summary>The directory of the bus's sockets.</summary>
    public string BusDirectory => Path.Combine(Root, "bus");

    /// <summary>The service's gRPC socket (HTTP/2 without TLS).</summary>
    public string Grpc(Service service) => Path.Combine(Root, service.Name() + ".sock");

    /// <summary>The service's ROUTER socket: requests to it.</summary>
    public string BusRequests(Service service) => Path.Combine(BusDirectory, service.Name() + ".sock");

    /// <summary>The service's XPUB socket: events from it.</summary>
    public string BusEvents(Service service) => Path.Combine(BusDirectory, service.Name() + ".events.sock");

    /// <summary>Which run is the main task's, once it has been started; pv-init removes it at its own start.</summary>
    public string MainRun => Path.Combine(Root, "main");

    /// <summary>What the service keeps over its own restarts, not over those of the container.</summary>
    public string State(Service service) => Path.Combine(Root, "state", service.Name());
}
