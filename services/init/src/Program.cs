using PvExec.Init;
using PvExec.Init.Adapters;
using PvExec.Init.Children;
using PvExec.Init.Supervision;
using PvExec.Kernel;
using PvExec.Kernel.Configuration;
using PvExec.Linux.Processes;

DaemonOptions options = DaemonOptions.Parse(args, Environment.GetEnvironmentVariable, out IReadOnlyList<string> words);
string[] problems = [.. words, .. options.Problems(), .. OptionChecks.Problems(options)];
if (problems.Length > 0)
{
    return Start.Refuse(problems, ExitCodes.Usage);
}

if (SignalChecks.IsChildSignalCaught())
{
    return Start.Refuse(["SIGCHLD is caught by the runtime: exit codes would be lost; this build of pv-init must not be used"], ExitCodes.System);
}

string programs = Path.GetDirectoryName(Environment.ProcessPath)!;
if (!options.ExternalServices && Start.MissingProgram(programs) is { } missing)
{
    return Start.Refuse([$"'{missing}' is missing: the services' programs belong beside pv-init"], ExitCodes.System);
}

ChildDefaults defaults = Start.PrepareProcess();

if (!RuntimeDirectory.Take(options).TryGet(out RuntimeDirectory? directory, out Fault? fault))
{
    return Start.Refuse(fault);
}

using (directory)
{
    if (!ListenSet.Open(options).TryGet(out ListenSet? sockets, out fault))
    {
        return Start.Refuse(fault);
    }

    if (Environment.ProcessId != 1)
    {
        Prctl.BecomeSubreaper();
    }

    ChildCgroups? cgroups = ChildCgroups.TryOpen();
    cgroups?.Settle();
    var signals = new CaughtSignals();
    signals.Catch();
    var supervisor = new Supervisor(options with { Port = sockets.FrontPort }, sockets, new Reaper(), signals, Start.OwnEnvironment(), programs, defaults, cgroups);
    int exitCode = supervisor.Run();
    cgroups?.Close();
    Start.CleanUp(directory);
    return exitCode;
}
