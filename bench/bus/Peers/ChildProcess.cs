using System.Diagnostics;

namespace PvExec.Bench.Bus.Peers;

/// <summary>The other side, in a process of its own; it says "ready".</summary>
internal sealed class ChildProcess : IDisposable
{
    private readonly Process _process;

    private ChildProcess(Process process) => _process = process;

    /// <exception cref="InvalidOperationException">It ended instead.</exception>
    public static ChildProcess Start(params string[] command)
    {
        Process process = Process.Start(new ProcessStartInfo(command[0], command[1..]) { RedirectStandardOutput = true })!;
        return process.StandardOutput.ReadLine() == "ready"
            ? new ChildProcess(process)
            : throw new InvalidOperationException($"{string.Join(' ', command)} did not become ready");
    }

    /// <summary>This program, with other arguments.</summary>
    public static ChildProcess StartSelf(params string[] arguments)
    {
        string program = Environment.ProcessPath!;
        bool isHost = Path.GetFileNameWithoutExtension(program) == "dotnet";
        return Start([program, .. isHost ? [Environment.GetCommandLineArgs()[0]] : Array.Empty<string>(), .. arguments]);
    }

    public void Dispose()
    {
        _process.Kill();
        _process.WaitForExit();
        _process.Dispose();
    }
}
