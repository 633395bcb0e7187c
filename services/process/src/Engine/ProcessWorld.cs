using Microsoft.Extensions.Logging;
using PvExec.Hosting;
using PvExec.Hosting.Init;
using PvExec.Kernel;
using PvExec.Processes.Adapters;
using PvExec.Processes.Freezing;
using PvExec.Processes.Proxy;

namespace PvExec.Processes.Engine;

/// <summary>What every keeper works with.</summary>
internal sealed record ProcessWorld(
    IInit Init,
    RuntimePaths Paths,
    DaemonEnvironment Environment,
    SpecStore Store,
    InitInstance InitInstance,
    PortWatcher Watcher,
    TreeEnder Ender,
    Freezer Freezer,
    IProcessObserver Observer,
    IPortOwners Owners,
    ProcessTiming Timing,
    TimeProvider Clock,
    ILogger<ProcessWorld> Log)
{
    private int _stopping;

    /// <summary>The whole system stops: nothing is started any more.</summary>
    public bool IsStopping => Volatile.Read(ref _stopping) != 0;

    public void StartStopping() => Volatile.Write(ref _stopping, 1);

    public string LogFileOf(string process) => Path.Combine(Paths.State(Service.Process), "logs", Core.Specs.SafeName.Of(process) + ".log");
}
