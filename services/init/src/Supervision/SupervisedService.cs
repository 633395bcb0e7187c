using Microsoft.Win32.SafeHandles;
using PvExec.Init.Adapters;
using PvExec.Init.Core;
using PvExec.Kernel;

namespace PvExec.Init.Supervision;

/// <summary>A service and all that is known of it.</summary>
internal sealed class SupervisedService(Service service, IReadOnlyList<ListeningDescriptor> sockets)
{
    public Service Service { get; } = service;

    public string Name { get; } = service.Name();

    public IReadOnlyList<ListeningDescriptor> Sockets { get; } = sockets;

    public ServiceState State { get; set; }

    /// <summary>0 when it does not run.</summary>
    public int Pid { get; set; }

    /// <summary>That of the newest instance, running or not; 0 before the first.</summary>
    public int NewestPid { get; set; }

    /// <summary>Null when it does not run, and when there was no descriptor left to hold it with.</summary>
    public SafeFileHandle? PidFd { get; set; }

    public long StartedAt { get; set; }

    public long ReadyAt { get; set; }

    public bool EverReady { get; set; }

    /// <summary>Ends in a row, without having been ready for long in between.</summary>
    public int Failures { get; set; }

    public int Restarts { get; set; }

    /// <summary>When the back-off is over.</summary>
    public long RetryAt { get; set; } = long.MaxValue;

    /// <summary>Its last STATUS=.</summary>
    public string StatusText { get; set; } = "";

    /// <summary>Its connection to pv-init, once it has said Hello.</summary>
    public Line? Line { get; set; }

    /// <summary>It is to be told to stop as soon as it has connected.</summary>
    public bool StopPending { get; set; }
}
