using Microsoft.Extensions.Hosting.Systemd;
using Microsoft.Win32.SafeHandles;
using PvExec.Hosting.Init;
using PvExec.Kernel;
using PvExec.Kernel.Configuration;

namespace PvExec.Processes;

/// <summary>
/// The process that <c>-main process:NAME</c> names: its end is told to pv-init, which then stops everything. It is told
/// before the record and pv-init's memory of the exit change, so an instance that is killed in between leaves it to the
/// next to tell; pv-init acts on the first word only.
/// </summary>
internal sealed class MainProcess(DaemonOptions options, ISystemdNotifier notifier)
{
    /// <summary>What it prints goes where pv-init's own output goes: a container's log, or its terminal.</summary>
    public static readonly IReadOnlyList<DescriptorMapping> OwnOutput =
    [
        new(new SafeFileHandle(1, ownsHandle: false), 1),
        new(new SafeFileHandle(2, ownsHandle: false), 2),
    ];

    private volatile bool _isStarting;

    /// <summary>Whether the daemon was given the command, so that a record of an earlier pv-init means nothing.</summary>
    public bool HasCommand => options.MainCommand.Count > 0;

    /// <summary>While whoever starts it tells that it could not be started; nobody else is to.</summary>
    public bool IsStarting
    {
        get => _isStarting;
        set => _isStarting = value;
    }

    public bool Is(string process) => process == options.MainProcess;

    /// <summary>A process has ended that nobody was ending.</summary>
    public void Ended(string process, ExitStatus status) => Tell(process, status.ShellCode);

    /// <summary>Somebody had it ended and forgotten: a stop in order.</summary>
    public void Removed(string process) => Tell(process, ExitCodes.Success);

    /// <summary>It could not be started.</summary>
    public void Failed(string process) => Tell(process, ExitCodes.System);

    private void Tell(string process, int code)
    {
        if (Is(process))
        {
            notifier.Notify(new ServiceState($"X_PV_MAIN_EXIT={code}"));
        }
    }
}
