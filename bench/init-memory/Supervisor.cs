using System.Diagnostics;
using PvExec.Linux.Processes;

namespace PvExec.Bench.InitMemory;

/// <summary>Another supervisor with one sleeping child.</summary>
internal sealed class Supervisor : IAsyncDisposable
{
    private const string SleeperName = "sleep";

    private readonly Process _process;
    private readonly DirectoryInfo? _services;

    private Supervisor(Process process, DirectoryInfo? services)
    {
        _process = process;
        _services = services;
    }

    public int Pid => _process.Id;

    public static Task<Supervisor> TiniAsync() => StartAsync(null, "tini", "-s", "--", SleeperName, "infinity");

    public static Task<Supervisor> S6Async()
    {
        DirectoryInfo services = Directory.CreateTempSubdirectory("pvb-");
        string run = Path.Combine(services.CreateSubdirectory("sleeper").FullName, "run");
        File.WriteAllText(run, $"#!/bin/sh\nexec {SleeperName} infinity\n");
        File.SetUnixFileMode(run, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        return StartAsync(services, "s6-svscan", services.FullName);
    }

    /// <summary>The processes between it and the sleeping one: s6 has one for each service.</summary>
    public IReadOnlyList<int> Between() =>
        [.. Descendants(Pid).Select(stat => stat.Pid).Where(pid => Name(pid) != SleeperName)];

    public async ValueTask DisposeAsync()
    {
        _ = Signals.Kill(Pid, Signals.SIGTERM);
        await _process.WaitForExitAsync();
        _process.Dispose();
        _services?.Delete(recursive: true);
    }

    private static async Task<Supervisor> StartAsync(DirectoryInfo? services, string program, params string[] arguments)
    {
        var supervisor = new Supervisor(Process.Start(program, arguments), services);
        while (!Descendants(supervisor.Pid).Any(stat => Name(stat.Pid) == SleeperName))
        {
            if (supervisor._process.HasExited)
            {
                throw new InvalidOperationException($"'{program}' ended with {supervisor._process.ExitCode}");
            }

            await Task.Delay(5);
        }

        return supervisor;
    }

    private static ProcessStat[] Descendants(int root)
    {
        var table = new ProcessTable();
        table.Read();
        return table.Descendants(root, []).ToArray();
    }

    private static string Name(int pid)
    {
        try
        {
            return File.ReadAllText($"/proc/{pid}/comm").TrimEnd();
        }
        catch (IOException)
        {
            // It has ended since it was listed.
            return "";
        }
    }
}
