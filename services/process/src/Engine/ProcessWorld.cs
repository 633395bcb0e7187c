using Microsoft.Extensions.Logging;
using PvExec.Hosting;
using PvExec.Hosting.Init;
using PvExec.Processes.Adapters;
using PvExec.Processes.Freezing;
using PvExec.Processes.Proxy;
using PvExec.Processes.Succession;

namespace PvExec.Processes.Engine;

/// <summary>What every keeper works with.</summary>
internal sealed record ProcessWorld(
    IInit Init,
    DaemonEnvironment Environment,
    SpecStore Store,
    OutputLogs Outputs,
    InitInstance InitInstance,
    PortWatcher Watcher,
    TreeEnder Ender,
    Freezer Freezer,
    IProcessObserver Observer,
    MainProcess Main,
    ExposedPorts Ports,
    Mandate Mandate,
    ISuccessorCalls Successor,
    ProcessTiming Timing,
    TimeProvider Clock,
    ILogger<ProcessWorld> Log)
{
    private int _stopping;

    /// <summary>The whole system stops: nothing is started any more.</summary>
    public bool IsStopping => Volatile.Read(ref _stopping) != 0;

    public void StartStopping() => Volatile.Write(ref _stopping, 1);
}
