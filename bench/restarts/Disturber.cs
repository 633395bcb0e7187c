using System.Diagnostics;
using Microsoft.Win32.SafeHandles;
using PvExec.Kernel;
using PvExec.Linux.Events;
using PvExec.Linux.Processes;
using PvExec.Proto.Init;

namespace PvExec.Bench.Restarts;

/// <summary>Restarts and kills the services of a root process.</summary>
/// <param name="command">The path of pv_exec.</param>
internal sealed class Disturber(RootProcess root, string command)
{
    /// <summary>Asks for a graceful restart and waits until the new one is ready.</summary>
    /// <exception cref="InvalidOperationException">pv_exec refused.</exception>
    public async Task<Disturbance> RestartAsync(Service service)
    {
        int before = Pid(service);
        long began = Stopwatch.GetTimestamp();
        await Command.OutputAsync(command, "services", "restart", service.Name(), "--runtime-dir", root.Paths.Root);
        long back = Stopwatch.GetTimestamp();
        return Pid(service) != before
            ? new Disturbance(service, IsKill: false, began, back, back)
            : throw new InvalidOperationException($"pv_exec says that {service.Name()} was restarted, and it is the same process");
    }

    /// <summary>Sends SIGKILL and waits until pv-init has a new one that is ready.</summary>
    public async Task<Disturbance> KillAsync(Service service)
    {
        int pid = Pid(service);
        using SafeFileHandle process = PidFd.TryOpen(pid) ?? throw new InvalidOperationException($"{service.Name()} does not run");
        long began = Stopwatch.GetTimestamp();
        int errno = PidFd.Send(process, Signals.SIGKILL);
        if (errno != 0)
        {
            throw new InvalidOperationException($"{service.Name()} cannot be killed: errno {errno}");
        }

        long gone = await Task.Run(() => WaitForEnd(process));
        await root.WaitUntilAsync(
            services => Status(services, service) is { State: "ready" } status && status.Pid != pid, $"{service.Name()} is back");
        return new Disturbance(service, IsKill: true, began, gone, Stopwatch.GetTimestamp());
    }

    /// <summary>Ready is a process of several threads when the last one has ended, and with it the sockets: a look at the process table would not tell.</summary>
    private static long WaitForEnd(SafeFileHandle process)
    {
        using var poll = new EventPoll();
        poll.Add(process, 0, PollEvents.Readable);
        var ready = new (long Token, PollEvents Events)[1];
        while (poll.Wait(ready, timeoutMilliseconds: -1) == 0)
        {
            // A signal came between.
        }

        return Stopwatch.GetTimestamp();
    }

    private static ServiceStatus? Status(IReadOnlyList<ServiceStatus> services, Service service) =>
        services.FirstOrDefault(one => one.Name == service.Name());

    private int Pid(Service service) => Status(root.List() ?? [], service)?.Pid ?? 0;
}
